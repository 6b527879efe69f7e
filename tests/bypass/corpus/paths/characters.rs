//! Letters that stand for others.

use super::Add;

/// Each letter in turn, and all of them, written in another way.
pub(super) fn add(path: Add<'_>) {
    for (before, word, after) in
        [("/", "admin", "/secret"), ("/admin/", "secret", ""), ("/", "report", "")]
    {
        for (class, spell) in SPELLINGS {
            let whole = word.bytes().flat_map(spell).collect::<Vec<_>>();
            path(class, [before.as_bytes(), &whole, after.as_bytes()].concat());
            for at in 0..word.len() {
                let letters = word.bytes().enumerate();
                let word = letters.flat_map(
                    |(place, letter)| if place == at { spell(letter) } else { vec![letter] },
                );
                let word: Vec<u8> = word.collect();
                path(class, [before.as_bytes(), &word, after.as_bytes()].concat());
            }
        }
    }
}

fn hex(letter: u8) -> u8 {
    b"0123456789abcdef"[usize::from(letter & 15)]
}

type Spell = fn(u8) -> Vec<u8>;

/// Of a letter: one encoding of it, or something that may be folded or cut to it.
const SPELLINGS: [(&str, Spell); 11] = [
    ("encodings", |letter| format!("%{letter:02x}").into()),
    ("encodings", |letter| format!("%{letter:02X}").into()),
    ("double encodings", |letter| format!("%25{letter:02x}").into()),
    ("double encodings", |letter| format!("%25%32%35{letter:02x}").into()),
    ("double encodings", |letter| {
        format!("%{:02x}%{:02x}%{:02x}", b'%', b'0' + (letter >> 4), hex(letter)).into()
    }),
    ("encodings", |letter| format!("%u00{letter:02x}").into()),
    ("encodings", |letter| format!("&#{letter};").into()),
    ("overlong UTF-8", |letter| {
        format!("%{:02x}%{:02x}", 0xc0 | letter >> 6, 0x80 | letter & 0x3f).into()
    }),
    ("overlong UTF-8", |letter| vec![0xc0 | letter >> 6, 0x80 | letter & 0x3f]),
    ("overlong UTF-8", |letter| {
        format!("%e0%{:02x}%{:02x}", 0x80 | letter >> 6, 0x80 | letter & 0x3f).into()
    }),
    // Fullwidth forms.
    ("case", |letter| format!("%ef%bd%{:02x}", 0x80 | (letter - b'a' + 1)).into()),
];
