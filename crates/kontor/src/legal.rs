//! The operator's legal texts on disk: `{market}/{language}/{page}.md` below one folder, where the
//! market `any` stands for all. Read once, at start; whatever is not right stops the start.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kontor_base::Language;
use kontor_domain::market::MarketCode;
use kontor_web::page::{LEGAL_TEXT_BYTES_MAX, LegalKind, LegalTextError, LegalTexts};

/// The folder for the texts of every market.
const ANY: &str = "any";
/// The most files that are looked at.
const FILES_MAX: usize = 2_000;

/// Why the texts were not read; one line that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum LegalError {
    /// The system does not let it be read.
    #[error("could not read the legal text {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its place says nothing.
    #[error("{} is no legal text: {why}", path.display())]
    Misplaced {
        /// The file or folder.
        path: PathBuf,
        /// What would be right.
        why: &'static str,
    },
    /// What it holds is not a text.
    #[error("the legal text {}: {source}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: LegalTextError,
    },
    /// There are too many.
    #[error("{} holds more than {FILES_MAX} files", .0.display())]
    TooMany(PathBuf),
}

/// Reads every text below `folder`; an empty name means that there are none.
///
/// # Errors
///
/// See [`LegalError`].
pub fn read(folder: &Path) -> Result<LegalTexts, LegalError> {
    let mut texts = LegalTexts::default();
    if folder.as_os_str().is_empty() {
        return Ok(texts);
    }
    let mut files = 0;
    for (market_name, market_path) in entries(folder)? {
        let market: Option<MarketCode> = if market_name == ANY {
            None
        } else {
            let why = "the folders here are markets such as `us`, or `any`";
            Some(market_name.parse().map_err(|_| misplaced(&market_path, why))?)
        };
        for (language_name, language_path) in entries(&market_path)? {
            let why = "the folders in a market are languages such as `en` or `de`";
            let language: Language =
                language_name.parse().map_err(|_| misplaced(&language_path, why))?;
            for (name, path) in entries(&language_path)? {
                files += 1;
                if files > FILES_MAX {
                    return Err(LegalError::TooMany(folder.to_owned()));
                }
                let kind = kind_of(&name).ok_or_else(|| {
                    misplaced(&path, "take imprint.md, terms.md, privacy.md or returns.md")
                })?;
                let bytes = bytes_of(&path)?;
                let added = texts.add(market, language, kind, &bytes);
                added.map_err(|source| LegalError::Text { path, source })?;
            }
        }
    }
    Ok(texts)
}

/// What `kontor init` writes, one file per language and page: hints in comments, no text.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write_templates(folder: &Path) -> io::Result<()> {
    for (language, hints) in [("en", &HINTS_EN), ("de", &HINTS_DE)] {
        let folder = folder.join(ANY).join(language);
        fs::create_dir_all(&folder)?;
        for (kind, hint) in LegalKind::ALL.into_iter().zip(hints) {
            fs::write(folder.join(format!("{}.md", kind.slug())), format!("<!--\n{hint}\n-->\n"))?;
        }
    }
    Ok(())
}

const HINTS_EN: [&str; 4] = [
    "Who answers for this shop: company and legal form, address, e-mail and telephone, register and\n\
     number, tax number, who represents it. Lines that begin with # are headings, empty lines part\n\
     paragraphs, everything else is shown as it stands. Copy the file to us/en/ to say something\n\
     else in one market. Have it checked by somebody who knows the law there.",
    "The terms of sale: with whom the contract comes about and when, prices and tax, delivery and who\n\
     pays import duty, payment, warranty, liability, law and court.",
    "Privacy: who is responsible, which data is kept for what and for how long, who receives it, which\n\
     rights people have, whom they can complain to. The shop keeps orders with name, address, e-mail\n\
     and telephone, and waiting-list entries with an e-mail address: until it was told what it waits\n\
     for, or for seven days where nobody has confirmed it; it sets one cookie for the cart.",
    "Returns: within how many days, how to declare it, where to send the goods, who pays for it, when\n\
     the money comes back; the form that the law asks for.",
];

const HINTS_DE: [&str; 4] = [
    "Wer für diesen Shop einsteht: Firma und Rechtsform, Anschrift, E-Mail und Telefon, Register und\n\
     Nummer, Umsatzsteuernummer, Vertretung. Zeilen mit # am Anfang sind Überschriften, Leerzeilen\n\
     trennen Absätze, alles andere erscheint, wie es dasteht. Wer in einem Markt etwas anderes sagen\n\
     will, kopiert die Datei nach de/de/. Bitte rechtlich prüfen lassen.",
    "Die Verkaufsbedingungen: mit wem und wann der Vertrag zustande kommt, Preise und Steuern, Lieferung\n\
     und wer Einfuhrzoll zahlt, Zahlung, Gewährleistung, Haftung, Recht und Gericht.",
    "Datenschutz: wer verantwortlich ist, welche Daten wozu und wie lange gespeichert werden, wer sie\n\
     erhält, welche Rechte es gibt, wo man sich beschweren kann. Der Shop speichert Bestellungen mit\n\
     Name, Anschrift, E-Mail und Telefon und Wartelisten mit E-Mail-Adresse: bis gesagt ist, worauf sie\n\
     wartet, oder sieben Tage, wo niemand sie bestätigt; er setzt ein Cookie für den Warenkorb.",
    "Rückgabe: in wie vielen Tagen, wie man sie erklärt, wohin die Ware geht, wer dafür zahlt, wann das\n\
     Geld zurückkommt; das Formular, das das Gesetz verlangt.",
];

fn kind_of(name: &str) -> Option<LegalKind> {
    let stem = name.strip_suffix(".md").or_else(|| name.strip_suffix(".txt"))?;
    LegalKind::from_slug(stem)
}

/// What lies in a folder, by name. Hidden files are the file manager's.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, LegalError> {
    let failed = |source| LegalError::Io { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            entries.push((name, entry.path()));
        }
        if entries.len() > FILES_MAX {
            return Err(LegalError::TooMany(folder.to_owned()));
        }
    }
    entries.sort();
    Ok(entries)
}

/// At most one byte more than is allowed: enough to be refused, never enough to fill the memory.
fn bytes_of(path: &Path) -> Result<Vec<u8>, LegalError> {
    let failed = |source| LegalError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(misplaced(path, "it is not a file"));
    }
    file.take(LEGAL_TEXT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn misplaced(path: &Path, why: &'static str) -> LegalError {
    LegalError::Misplaced { path: path.to_owned(), why }
}
