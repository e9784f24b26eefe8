import { expect, test } from 'vitest';
import { queryText } from '../src/api/client';
import { href, parse } from '../src/router';

test('an address leads to its page and filters, and back', () => {
  const address = href('log', { user_id: 'bob & co', push_id: '', before: 7 });
  expect(address).toBe('#/log?user_id=bob+%26+co&before=7');
  expect(parse(address)).toEqual({ page: 'log', query: { user_id: 'bob & co', before: '7' } });
});

test('an address that means nothing is the first page', () => {
  for (const address of ['', '#', '#/', '#/nowhere?x=1', 'rubbish']) {
    expect(parse(address).page).toBe(parse('').page);
  }
});

test('absent filters are not asked for', () => {
  expect(queryText({})).toBe('');
  expect(queryText({ a: undefined, b: '', c: 0 })).toBe('?c=0');
});
