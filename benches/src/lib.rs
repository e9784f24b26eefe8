//! Benches: our figure, its floor and the ratio, from the same run.
