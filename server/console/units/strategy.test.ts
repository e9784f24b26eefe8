import { expect, test } from 'vitest';
import { BLOCKS, changed, linesOf, pairsOf, toggled } from '../src/strategy/fields';

test('what is typed is written, what is emptied is taken out', () => {
  const sound = changed({ apple: {} }, 'apple', 'sound', 'ring.caf');
  expect(sound).toEqual({ apple: { sound: 'ring.caf' } });
  expect(changed(sound, 'apple', 'sound', '')).toEqual({ apple: {} });
  expect(changed({}, 'apple', 'mutable_content', true)).toEqual({ apple: { mutable_content: true } });
  expect(changed({ apple: { mutable_content: true } }, 'apple', 'mutable_content', false)).toEqual({ apple: {} });
  expect(changed({ vivo: {} }, 'vivo', 'classification', 0), 'zero is a choice').toEqual({ vivo: { classification: 0 } });
  expect(changed({ oppo: { notify_level: 2 } }, 'oppo', 'notify_level', undefined)).toEqual({ oppo: {} });
});

test('a tap opens the app unless something else is chosen', () => {
  const page = changed({ huawei: {} }, 'huawei', 'click', { open_page: {} });
  expect(page).toEqual({ huawei: { click: { open_page: {} } } });
  expect(changed(page, 'huawei', 'click', 'open_app')).toEqual({ huawei: {} });
});

test('a vendor is switched on empty and off with everything', () => {
  const on = toggled({ fcm: { sound: 'ring' } }, 'apple');
  expect(on).toEqual({ fcm: { sound: 'ring' }, apple: {} });
  expect(toggled(on, 'fcm')).toEqual({ apple: {} });
});

test('template variables are lines', () => {
  const pairs = pairsOf('name = {title}\n\nlink=https://a.b/?c=d\nempty');
  expect(pairs).toEqual({ name: '{title}', link: 'https://a.b/?c=d', empty: '' });
  expect(pairsOf(linesOf(pairs))).toEqual(pairs);
  expect(linesOf(undefined)).toBe('');
});

test('no parameter is there twice', () => {
  for (const { block, parameters } of BLOCKS) {
    const names = parameters.map((parameter) => parameter.name);
    expect(new Set(names).size, block).toBe(names.length);
  }
});
