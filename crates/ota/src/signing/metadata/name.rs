//! Names of roles and targets, and the patterns by which one speaks for the other.

use super::super::limits::TARGET_NAME_BYTES_MAX;
use super::super::rejected::Rejected;
use super::body::TOP_ROLES;

/// Whether a delegated role may have this name: a part of a file name, none of the four roles.
///
/// # Errors
///
/// [`Rejected::Malformed`].
pub fn check_role_name(name: &str) -> Result<(), Rejected> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !starts || name.len() > 64 || !name.bytes().all(plain) || TOP_ROLES.contains(&name) {
        return Err(Rejected::malformed(format!("{name:?} is no name for a delegated role")));
    }
    Ok(())
}

/// Whether a target may have this name: flat, so that every client asks for the same file, and
/// never a way out of a folder.
///
/// # Errors
///
/// [`Rejected::Malformed`].
pub fn check_target_name(name: &str) -> Result<(), Rejected> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !starts || name.len() > TARGET_NAME_BYTES_MAX || !name.bytes().all(plain) {
        return Err(Rejected::malformed(format!("{name:?} is no name for a target")));
    }
    Ok(())
}

/// Matches `*` (any run without `/`) and `?` (one character but `/`), in linear space and
/// without recursion, so that no pattern can make it slow.
pub(super) fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(b'?') if name[n] != b'/' => (p, n) = (p + 1, n + 1),
            Some(byte) if *byte == name[n] => (p, n) = (p + 1, n + 1),
            _ => match retry {
                Some((star, at)) if name[at] != b'/' => {
                    retry = Some((star, at + 1));
                    (p, n) = (star + 1, at + 1);
                }
                _ => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, yes) in [
            ("one-*", "one-23.zip", true),
            ("one-*", "one", false),
            ("one-*", "one-a/b", false),
            ("*.zip", "a.zip", true),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("?", "ab", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), name.as_bytes()), yes, "{pattern} {name}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", ".", "..", "../x", "a/b", "a\\b", "-x", ".x", "a b", "ä", "a\n"] {
            assert!(check_target_name(name).is_err(), "{name:?}");
        }
        for name in ["root", "timestamp", "", ".b", "a/b", "../x", "a b", "ä"] {
            assert!(check_role_name(name).is_err(), "{name:?}");
        }
        assert!(check_target_name("one-23.2_a+b.zip").is_ok());
        assert!(check_role_name("one-2").is_ok() && check_role_name("TB-X606F").is_ok());
    }
}
