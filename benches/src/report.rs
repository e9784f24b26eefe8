//! The table a bench prints: ours, floor, ratio, target.

/// Whether a larger figure is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Rates.
    Higher,
    /// Times and sizes.
    Lower,
}

/// One measured pair.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub measure: String,
    /// Unit of both figures.
    pub unit: &'static str,
    /// Our figure.
    pub ours: f64,
    /// The floor of the same run.
    pub floor: f64,
    /// Ratio to reach: at least (rates) or at most (times, sizes).
    pub target: f64,
    /// Direction.
    pub better: Better,
}

impl Row {
    /// Ours divided by the floor.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.ours / self.floor
    }

    /// Whether the ratio reaches the target.
    #[must_use]
    pub fn reached(&self) -> bool {
        match self.better {
            Better::Higher => self.ratio() >= self.target,
            Better::Lower => self.ratio() <= self.target,
        }
    }
}

/// Prints rows as a Markdown table, so that `docs/benchmarks.md` can take them as they are.
pub fn print(rows: &[Row]) {
    println!("| Measure | Ours | Floor | Ratio | Reach | |");
    println!("|---|---|---|---|---|---|");
    for row in rows {
        let sign = if row.better == Better::Higher { "≥" } else { "≤" };
        println!(
            "| {} | {} {} | {} {} | {:.2} | {sign} {} | {} |",
            row.measure,
            figure(row.ours),
            row.unit,
            figure(row.floor),
            row.unit,
            row.ratio(),
            row.target,
            if row.reached() { "reached" } else { "missed" },
        );
    }
}

fn figure(value: f64) -> String {
    if value >= 1000.0 {
        let whole = format!("{value:.0}");
        let mut text = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        assert_eq!(figure(1_234_567.4), "1,234,567");
        assert_eq!(figure(12.34), "12.3");
        assert_eq!(figure(1000.0), "1,000");
    }

    #[test]
    fn a_target_knows_its_direction() {
        let row = Row {
            measure: String::new(),
            unit: "µs",
            ours: 150.0,
            floor: 100.0,
            target: 1.5,
            better: Better::Lower,
        };
        assert!(row.reached());
        assert!(!Row { better: Better::Higher, target: 1.6, ..row }.reached());
    }
}
