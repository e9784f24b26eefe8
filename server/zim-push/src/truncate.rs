//! Cuts text to a vendor's size limit without breaking what a reader sees as one character.

use std::borrow::Cow;

const ELLIPSIS: char = '…';

/// Bytes a character takes inside a JSON string as we write it.
pub(crate) fn json_cost(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        other => other.len_utf8(),
    }
}

/// The text itself if it costs at most `budget`, else its longest beginning that fits together with an ellipsis.
/// Empty if not even the ellipsis fits.
pub(crate) fn fit(text: &str, budget: usize, cost: fn(char) -> usize) -> Cow<'_, str> {
    if text.chars().map(cost).sum::<usize>() <= budget {
        return Cow::Borrowed(text);
    }
    let Some(budget) = budget.checked_sub(cost(ELLIPSIS)) else { return Cow::Borrowed("") };
    let mut used = 0;
    let mut end = 0;
    let mut previous = None;
    let mut flags = 0_usize;
    for (at, character) in text.char_indices() {
        if previous.is_none_or(|previous| may_break(previous, character, flags)) {
            end = at;
        }
        used += cost(character);
        if used > budget {
            break;
        }
        flags = if is_regional(character) { flags + 1 } else { 0 };
        previous = Some(character);
    }
    let mut cut = text[..end].trim_end().to_owned();
    cut.push(ELLIPSIS);
    Cow::Owned(cut)
}

/// Whether a reader sees a boundary between two characters. Errs on the side of "no": a cut a little earlier is never
/// wrong. `flags` counts the regional indicators that end with `left`.
fn may_break(left: char, right: char, flags: usize) -> bool {
    const JOINER: char = '\u{200d}';
    if left == JOINER || right == JOINER || (left == '\r' && right == '\n') {
        return false;
    }
    if is_regional(left) && is_regional(right) {
        return flags.is_multiple_of(2);
    }
    !(extends(right) || is_indic_linker(left) && right.is_alphabetic())
}

fn is_regional(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Viramas join the next consonant into one syllable.
fn is_indic_linker(character: char) -> bool {
    matches!(
        character,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
    )
}

/// Characters that belong to the one before them: combining marks, vowel signs, variation selectors, skin tones,
/// tags, and the vowels and finals of Hangul syllables.
fn extends(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'
        | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{951}'..='\u{957}' | '\u{962}'..='\u{963}'
        | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9d7}' | '\u{a01}'..='\u{a03}' | '\u{a3c}'..='\u{a51}'
        | '\u{a81}'..='\u{a83}' | '\u{abc}'..='\u{acd}' | '\u{b01}'..='\u{b03}' | '\u{b3c}'..='\u{b57}'
        | '\u{b82}' | '\u{bbe}'..='\u{bd7}' | '\u{c00}'..='\u{c04}' | '\u{c3e}'..='\u{c56}'
        | '\u{c81}'..='\u{c83}' | '\u{cbc}'..='\u{cd6}' | '\u{d00}'..='\u{d03}' | '\u{d3b}'..='\u{d4d}'
        | '\u{d57}' | '\u{e31}' | '\u{e33}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}'
        | '\u{eb3}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}' | '\u{f71}'..='\u{f84}' | '\u{102b}'..='\u{103e}'
        | '\u{1160}'..='\u{11ff}' | '\u{17b4}'..='\u{17d3}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200c}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_stays_and_what_does_not_ends_in_an_ellipsis() {
        assert_eq!(fit("hello", 5, json_cost), "hello");
        assert_eq!(fit("hello!", 5, json_cost), "he…");
        assert_eq!(fit("hello", 3, json_cost), "…");
        assert_eq!(fit("hello", 2, json_cost), "");
        assert_eq!(fit("", 0, json_cost), "");
        assert_eq!(fit("one two three", 7, json_cost), "one…", "no blank before the ellipsis");
    }

    #[test]
    fn escapes_count_as_they_are_written() {
        assert_eq!(fit("\"\"\"\"", 8, json_cost), "\"\"\"\"");
        assert_eq!(fit("\"\"\"\"", 7, json_cost), "\"\"…");
        assert_eq!(json_cost('\u{1}'), serde_json::to_string("\u{1}").unwrap().len() - 2);
    }

    #[test]
    fn no_visible_character_is_broken() {
        let family = "👨‍👩‍👧‍👦";
        let flags = "🇨🇳🇩🇪";
        let text = format!("ab{family}{flags}");
        for budget in 0..text.len() {
            let cut = fit(&text, budget, json_cost).into_owned();
            let kept = cut.trim_end_matches(ELLIPSIS);
            let whole = ["", "a", "ab"].map(str::to_owned).into_iter();
            let allowed: Vec<_> =
                whole.chain([format!("ab{family}"), format!("ab{family}🇨🇳"), text.clone()]).collect();
            assert!(allowed.iter().any(|one| one == kept), "budget {budget}: {cut:?}");
        }
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 8, json_cost), "e\u{301}…");
        assert_eq!(fit("👍🏽👍🏽", 14, json_cost), "👍🏽…");
        assert_eq!(fit("क्षत्रिय", 12, json_cost), "क्ष…");
    }

    proptest! {
        #[test]
        fn the_result_always_fits_and_is_a_beginning(text in "\\PC{0,80}", budget in 0_usize..300) {
            let cut = fit(&text, budget, json_cost);
            prop_assert!(cut.chars().map(json_cost).sum::<usize>() <= budget);
            prop_assert!(text.starts_with(cut.trim_end_matches(ELLIPSIS)) || cut == text);
        }

        #[test]
        fn the_cost_is_that_of_serde_json(text in any::<String>()) {
            let cost: usize = text.chars().map(json_cost).sum();
            prop_assert_eq!(cost + 2, serde_json::to_string(&text).unwrap().len());
        }
    }
}
