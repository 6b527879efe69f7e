//! What memory Envoy takes over time, and whether that still grows.

/// Resident bytes, each with the requests that were answered until then.
#[derive(Default)]
pub struct Memory(Vec<(u64, u64)>);

impl Memory {
    /// Notes what it is now.
    pub fn note(&mut self, answered: u64, bytes: u64) {
        self.0.push((answered, bytes));
    }

    /// The median while this quarter of all requests was answered, the first being 0.
    pub fn quarter(&self, quarter: u64, requests: u64) -> Option<u64> {
        let during = |answered| answered * 4 / requests.max(1) == quarter;
        let samples = self.0.iter().filter(|(answered, _)| during(*answered));
        let mut bytes: Vec<u64> = samples.map(|(_, bytes)| *bytes).collect();
        bytes.sort_unstable();
        bytes.get(bytes.len() / 2).copied()
    }

    /// The most of all.
    pub fn most(&self) -> u64 {
        self.0.iter().map(|(_, bytes)| *bytes).max().unwrap_or_default()
    }
}

/// For people.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
