//! What a message has to be, whatever it is about.

/// That a message is one line of text without a full stop.
pub(crate) fn assert_sentence(message: &str) {
    assert!(!message.trim().is_empty(), "a message says nothing");
    assert!(!message.chars().any(char::is_control), "{message:?} has control characters");
    assert!(!message.ends_with('.'), "{message:?} ends with a full stop");
}

/// The same of one that speaks of a request, which may be as long as it likes.
pub(crate) fn assert_short(message: &str) {
    assert_sentence(message);
    assert!(message.len() <= LONGEST, "{} bytes: {message:?}", message.len());
}

/// Bytes of a message.
const LONGEST: usize = 1_024;
