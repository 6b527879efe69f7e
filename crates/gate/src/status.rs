//! The statuses that a denial may have, in HTTP and in gRPC.

/// The status of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    ServiceUnavailable,
}

impl Status {
    /// The status code of HTTP.
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::ServiceUnavailable => 503,
        }
    }

    /// The name that HTTP has for it (RFC 9110 section 15).
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::BadRequest => "Bad Request",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not Found",
            Self::ServiceUnavailable => "Service Unavailable",
        }
    }

    /// The status code of gRPC: `INVALID_ARGUMENT`, `UNAUTHENTICATED`, `PERMISSION_DENIED`, `NOT_FOUND`,
    /// `UNAVAILABLE`.
    pub(crate) fn grpc_code(self) -> u8 {
        match self {
            Self::BadRequest => 3,
            Self::Unauthorized => 16,
            Self::Forbidden => 7,
            Self::NotFound => 5,
            Self::ServiceUnavailable => 14,
        }
    }
}
