import { expect, test } from 'vitest';
import { pretty } from '../src/ui/exchange';
import { toneOf } from '../src/ui/tone';

test('bodies are made readable, whatever the vendor takes', () => {
  expect(pretty('{"a":{"b":1}}')).toBe('{\n  "a": {\n    "b": 1\n  }\n}');
  expect(pretty('title=Hi+there&extra.payload=%7B%7D')).toBe('title = Hi there\nextra.payload = {}');
  expect(pretty('<html>no such = page</html>')).toBe('<html>no such = page</html>');
  expect(pretty('')).toBe('');
});

test('an outcome has the colour of what it means for the push', () => {
  expect(['delivered', 'queued', 'token_invalid', 'do_not_disturb', 'a word of tomorrow'].map(toneOf)).toEqual([
    'good',
    'waiting',
    'bad',
    'plain',
    'plain',
  ]);
});
