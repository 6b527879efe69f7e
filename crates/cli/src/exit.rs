//! What the program says by its exit code.

use std::process::ExitCode;

/// The exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done, and there is nothing to object to.
    Good,
    /// 1: done, and the answer is no: problems in a policy, a test that failed, access that got wider.
    Bad,
    /// 2: it could not be done: a file that cannot be read, arguments that make no sense.
    Failed,
}

impl Exit {
    /// Good, if this holds.
    pub(crate) fn good_if(holds: bool) -> Self {
        if holds { Self::Good } else { Self::Bad }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Good => Self::SUCCESS,
            Exit::Bad => Self::from(1),
            Exit::Failed => Self::from(2),
        }
    }
}
