import { expect, test } from 'vitest';
import { textOf } from '../src/i18n';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('both languages say everything, with the same values', () => {
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(zh[key].trim(), key).not.toBe('');
    expect(places(zh[key]), key).toEqual(places(en[key]));
  }
});

test('a word is that of its language', () => {
  expect(textOf('en')('signout')).toBe('Sign out');
  expect(textOf('zh')('signout')).toBe('退出登录');
});
