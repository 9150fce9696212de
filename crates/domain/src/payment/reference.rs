//! Codes that people read out, type and write on transfers.
//!
//! The alphabet has 31 signs, digits and capitals without 0, 1, I, L and O. The last sign is a
//! check: with the other signs numbered from the right from 2 on, the sum of number × value plus
//! the check's own value is a multiple of 31. Since 31 is prime and no code is longer than 30
//! signs, every single wrong sign and every swap of two signs is noticed.

/// The signs by value.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// How many signs a code has, without dashes and with the check.
const SIGNS: usize = 12;
/// How many signs stand between two dashes.
const GROUP: usize = 4;

/// The code of an id, such as `7K3Q-9MX2-4TB7`: 11 signs (54 bits) from its random half and the
/// check. It tells nothing about time or numbers of sales. Among ten million ids the chance that
/// any two share a code is about 1 in 500; the store keeps codes unique and asks for another id.
#[must_use]
pub fn readable_code(id: &[u8; 16]) -> String {
    let mut tail = [0; 8];
    tail.copy_from_slice(&id[8..]);
    let mut value = u64::from_be_bytes(tail) & (u64::MAX >> 2); // without the UUID's variant bits
    let mut signs = [ALPHABET[0]; SIGNS];
    for slot in signs[..SIGNS - 1].iter_mut().rev() {
        *slot = ALPHABET[(value % 31) as usize];
        value /= 31;
    }
    signs[SIGNS - 1] = check_sign(&signs[..SIGNS - 1]);
    let groups: Vec<&str> = signs
        .chunks(GROUP)
        .map(|group| std::str::from_utf8(group).expect("the alphabet is ASCII"))
        .collect();
    groups.join("-")
}

/// The check of a text of the alphabet's signs (dashes are skipped); `None` for other signs.
#[must_use]
pub fn check_character(text: &str) -> Option<char> {
    let signs: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let known = signs.iter().all(|sign| ALPHABET.contains(sign));
    (known && signs.len() < 30).then(|| char::from(check_sign(&signs)))
}

/// Whether `text` is a code of [`readable_code`]'s form with the right check, dashes where they
/// belong.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    let dashed = text.len() == SIGNS + SIGNS / GROUP - 1
        && text.bytes().enumerate().all(|(i, b)| (b == b'-') == (i % (GROUP + 1) == GROUP));
    let Some((body, check)) = text.split_at_checked(text.len().saturating_sub(1)) else {
        return false;
    };
    dashed && check_character(body).is_some_and(|right| check == right.to_string())
}

/// The check of known signs.
fn check_sign(signs: &[u8]) -> u8 {
    let value = |sign: &u8| ALPHABET.iter().position(|a| a == sign).unwrap_or(0);
    let sum: usize = signs.iter().rev().enumerate().map(|(i, sign)| (i + 2) * value(sign)).sum();
    ALPHABET[(31 - sum % 31) % 31]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_what_it_says() {
        assert_eq!(ALPHABET.len(), 31);
        // Value 0: eleven signs of value 0, so the check is the sign of value 0 as well.
        assert_eq!(readable_code(&[0; 16]), "2222-2222-2222");
        // Value 1 in the last place has number 2: the check has value 31 - 2 = 29.
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(readable_code(&one), "2222-2222-223Y");
        // Only the random half counts, and of it not the two bits of the UUID's variant.
        let mut same = one;
        same[..8].fill(0xff);
        same[8] = 0b1000_0000;
        assert_eq!(readable_code(&same), readable_code(&one));
        for bad in ["", "2222-2222-2223", "222222222222", "2222-2222-222", "2222-2222-22222", "é"]
        {
            assert!(!is_readable(bad), "{bad}");
        }
        assert_eq!(check_character("0"), None);
    }

    proptest! {
        #[test]
        fn wrong_signs_and_swaps_are_noticed(
            id: [u8; 16], place in 0_usize..14, other in 0_usize..14, sign in 0_usize..31,
        ) {
            let code = readable_code(&id);
            prop_assert!(is_readable(&code));
            let mut signs: Vec<u8> = code.bytes().collect();
            if signs[place] != b'-' && signs[place] != ALPHABET[sign] {
                let mut wrong = signs.clone();
                wrong[place] = ALPHABET[sign];
                prop_assert!(!is_readable(std::str::from_utf8(&wrong).expect("ASCII")));
            }
            if signs[place] != signs[other] {
                signs.swap(place, other);
                prop_assert!(!is_readable(std::str::from_utf8(&signs).expect("ASCII")));
            }
        }
    }
}
