//! A program: functions of four-byte instructions that call each other by relative address, a
//! table of absolute addresses, and texts.
//!
//! A revision edits, adds and removes a few functions; everything behind them moves, and so does
//! every address that crosses them. That is what makes deltas of programs hard.

use super::stream::Stream;
use super::text;

/// Where programs believe to be loaded.
const BASE: u64 = 0x0040_0000;

/// A function: what it consists of, by seeds.
#[derive(Clone, Copy)]
struct Function {
    identity: u64,
    /// How often it was edited.
    edits: u64,
    /// Instructions.
    length: u64,
}

/// One instruction before addresses are known.
enum Instruction {
    Plain(u32),
    /// A call of the function whose identity is next to this number.
    Call(u64),
    /// Half an address of a text.
    Page(u64),
}

/// Makes a program of about `size` bytes.
pub(super) fn program(identity: &[u64; 3], size: usize, revisions: &[u64]) -> Vec<u8> {
    let mut functions = functions(identity, size * 7 / 10);
    for revision in revisions {
        revise(&mut functions, identity, *revision);
    }
    let idioms = idioms(identity);
    let code: Vec<Vec<Instruction>> =
        functions.iter().map(|function| body(function, &idioms)).collect();
    let mut starts = Vec::with_capacity(code.len());
    let mut at = 256_u64;
    for body in &code {
        starts.push(at);
        at += (body.len() as u64 * 4).next_multiple_of(16);
    }
    let mut order: Vec<(u64, u64)> =
        functions.iter().map(|function| function.identity).zip(starts.iter().copied()).collect();
    order.sort_unstable();
    let pool_at = at + starts.len() as u64 * 8;
    let mut out = header(identity, revisions, at, pool_at);
    for (body, start) in code.iter().zip(&starts) {
        out.resize(*start as usize, 0);
        for (index, instruction) in body.iter().enumerate() {
            let here = start + index as u64 * 4;
            out.extend_from_slice(&encode(instruction, here, &order, pool_at).to_le_bytes());
        }
    }
    out.resize(at as usize, 0);
    for start in &starts {
        out.extend_from_slice(&(BASE + start).to_le_bytes());
    }
    out.extend_from_slice(&text::lines(identity, size * 2 / 10, revisions));
    out
}

fn functions(identity: &[u64; 3], bytes: usize) -> Vec<Function> {
    let mut stream = Stream::new(&[identity[0], identity[1], identity[2], 10]);
    let mut functions = Vec::new();
    let mut total = 0;
    while total < bytes as u64 {
        let function =
            Function { identity: stream.next(), edits: 0, length: 6 + stream.skewed(400) };
        total += function.length * 4;
        functions.push(function);
    }
    functions
}

/// What a build changes: of a hundred functions about two are edited, one in 300 is new, one in
/// 500 is gone.
fn revise(functions: &mut Vec<Function>, identity: &[u64; 3], revision: u64) {
    let mut stream = Stream::new(&[identity[0], identity[1], identity[2], 11, revision]);
    let mut index = 0;
    while index < functions.len() {
        match stream.below(1500) {
            0..30 => functions[index].edits += 1,
            30..35 => {
                let new =
                    Function { identity: stream.next(), edits: 0, length: 6 + stream.skewed(300) };
                functions.insert(index, new);
                index += 1;
            }
            35..38 => {
                functions.remove(index);
                continue;
            }
            _ => {}
        }
        index += 1;
    }
}

/// Sequences that a compiler writes again and again, the frequent ones first.
fn idioms(identity: &[u64; 3]) -> Vec<Vec<u32>> {
    // Shared by all programs of a family: it is one compiler.
    let mut stream = Stream::new(&[identity[0], 12]);
    let opcodes: Vec<u32> =
        (0..48).map(|_| (stream.next() as u32) & 0xffc0_0000 | 0x1000_0000).collect();
    (0..3000)
        .map(|_| {
            (0..1 + stream.below(5))
                .map(|_| {
                    let opcode = opcodes[stream.skewed(48) as usize];
                    let registers = (stream.below(12) | stream.skewed(12) << 5) as u32;
                    opcode | registers | (stream.skewed(64) as u32) << 12
                })
                .collect()
        })
        .collect()
}

fn body(function: &Function, idioms: &[Vec<u32>]) -> Vec<Instruction> {
    let mut stream = Stream::new(&[function.identity, 13]);
    let mut code = Vec::with_capacity(function.length as usize + 8);
    while (code.len() as u64) < function.length {
        match stream.below(10) {
            0 | 1 => code.push(Instruction::Call(stream.next())),
            2 => code.push(Instruction::Page(stream.next())),
            3 | 4 => code.push(Instruction::Plain(
                // A value that only this place has.
                (stream.next() as u32 & 0x00ff_ffe0) | 0xd280_0000,
            )),
            _ => {
                let idiom = &idioms[stream.skewed(idioms.len() as u64) as usize];
                code.extend(idiom.iter().map(|word| Instruction::Plain(*word)));
            }
        }
    }
    for edit in 0..function.edits {
        let mut stream = Stream::new(&[function.identity, 14, edit]);
        let at = stream.below(code.len() as u64) as usize;
        let gone = stream.below(4).min((code.len() - at) as u64 - 1) as usize;
        let added = (0..stream.below(10))
            .map(|_| idioms[stream.skewed(idioms.len() as u64) as usize][0])
            .map(Instruction::Plain);
        code.splice(at..at + gone, added.collect::<Vec<_>>());
    }
    code
}

fn encode(instruction: &Instruction, here: u64, order: &[(u64, u64)], pool_at: u64) -> u32 {
    match instruction {
        Instruction::Plain(word) => *word,
        Instruction::Call(choice) => {
            let target = called(*choice, order);
            let distance = (target as i64 - here as i64) / 4;
            0x9400_0000 | (distance as u32 & 0x03ff_ffff)
        }
        Instruction::Page(choice) => {
            let target = pool_at + choice % 16_384;
            let distance = (target >> 4) as i64 - (here >> 4) as i64;
            0x9000_0000 | ((distance as u32 & 0x7ffff) << 5) | (choice % 12) as u32
        }
    }
}

/// Which function a call means: the first whose identity is not below the choice, so that the
/// same one is meant while others come and go.
fn called(choice: u64, order: &[(u64, u64)]) -> u64 {
    let index = order.partition_point(|(identity, _)| *identity < choice);
    order[index % order.len()].1
}

fn header(identity: &[u64; 3], revisions: &[u64], table_at: u64, pool_at: u64) -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    for number in [table_at, pool_at, BASE, identity[2]] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    let mut id =
        Stream::new(&[identity[0], identity[2], 15, revisions.last().copied().unwrap_or(0)]);
    for _ in 0..3 {
        out.extend_from_slice(&id.next().to_le_bytes());
    }
    out.resize(256, 0);
    out
}
