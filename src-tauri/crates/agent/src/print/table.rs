//! Tables without lines: a faint head, aligned columns, two blanks between them.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::Style;

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table in the making.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, a cell a column.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// The text, each line behind `indent`.
    pub fn text(&self, style: Style, indent: &str) -> String {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let head: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut text = String::new();
        let _infallible = writeln!(text, "{indent}{}", style.faint(&self.line(&head, &widths)));
        for row in &self.rows {
            let _infallible = writeln!(text, "{indent}{}", self.line(row, &widths));
        }
        text
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), (_, align)) in cells.iter().zip(widths).zip(&self.columns) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            match align {
                Align::Left => line.extend([cell.as_str(), &blanks]),
                Align::Right => line.extend([blanks.as_str(), cell]),
            }
        }
        line.trim_end().to_owned()
    }

    fn width(&self, column: usize) -> usize {
        let head = self.columns.get(column).map_or(0, |(name, _)| name.width());
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).fold(head, usize::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&[("name", Align::Left), ("documents", Align::Right)]);
        table.row(["games".to_owned(), "7".to_owned()]);
        table.row(["game_history".to_owned(), "1,200".to_owned()]);
        let text = table.text(Style::of_stdout(), "  ");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("        7"), "{text}");
        assert_eq!(lines[1].chars().count(), lines[2].chars().count());
    }

    #[test]
    fn chinese_characters_take_two_places() {
        let mut table = Table::new(&[("name", Align::Left), ("seat", Align::Right)]);
        table.row(["夜航船".to_owned(), "1".to_owned()]);
        table.row(["gawain".to_owned(), "2".to_owned()]);
        let text = table.text(Style::of_stdout(), "");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].width(), lines[2].width(), "{text}");
    }
}
