// The packages as DevEco Studio gets them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faults } from './lint.mjs';

const binding = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zim-har-'));
after(() => rmSync(folder, { recursive: true }));
before(() => {
  execFileSync(process.execPath, [join(binding, 'har.mjs')]);
  for (const name of ['ZIM', 'ZPNs']) {
    const archive = join(binding, '../../target/har', `${name}.har`);
    execFileSync('tar', ['-xzf', archive, '-C', folder, `--transform=s,^package,${name},`]);
  }
});

const files = (...parts) =>
  readdirSync(join(...parts), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
// What a device reads as JSON5 is plain JSON here.
const json = (...parts) => JSON.parse(readFileSync(join(...parts), 'utf8'));

// covers: E-01, E-07
test('each archive has the layout of a HAR', () => {
  for (const name of ['ZIM', 'ZPNs']) {
    const { main, name: key, compatibleSdkVersion, version } = json(folder, name, 'oh-package.json5');
    assert.equal(key, `@zego/${name}`);
    assert.equal(main, 'Index.ets');
    assert.equal(compatibleSdkVersion, '12', 'HarmonyOS 5.0.0');
    assert.equal(version, json(binding, name.toLowerCase(), 'package.json').version);
    assert.deepEqual([json(folder, name, 'src/main/module.json5').module].map(({ name, type }) => [name, type]), [[name, 'har']]);
    assert.ok(existsSync(join(folder, name, main)));
    assert.ok(!files(folder, name).some((file) => /dist|node_modules|package\.json$/.test(file.slice(folder.length))));
  }
  const types = json(folder, 'ZIM/oh-package.json5').dependencies['libzim_arkts.so'].replace('file:./', '');
  assert.equal(json(folder, 'ZIM', types, 'oh-package.json5').name, 'libzim_arkts.so');
});

test('every import inside the archives leads to a file, a kit, or the other package', () => {
  for (const file of files(folder).filter((file) => /\.e?ts$/.test(file))) {
    for (const [, from] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
      const inside = from.startsWith('.') ? join(dirname(file), from) : from.startsWith('@zego/ZIM/') ? join(folder, from.slice(6)) : '';
      const known = inside ? ['.ts', '.ets'].some((ending) => existsSync(inside + ending))
        : from.startsWith('@kit.') || ['@zego/ZIM', 'libzim_arkts.so'].includes(from);
      assert.ok(known, `${file}: ${from}`);
    }
  }
});

test('what is written in ArkTS keeps to it', () => {
  const sources = files(binding).filter((file) => file.endsWith('.ets') && !file.includes('node_modules'));
  assert.ok(sources.length >= 4, String(sources));
  assert.deepEqual(sources.flatMap(faults), []);
  const bad = join(folder, 'Bad.ets');
  writeFileSync(bad, 'var a: any = { ...b };\nconst { c } = a;\n');
  assert.deepEqual(faults(bad).map((fault) => fault.split(': ')[1]),
    ['var', 'the type any', 'a spread inside an object', 'destructuring']);
});

// covers: E-05, E-08
test('the example depends on both archives in its folder libs', () => {
  const example = join(binding, 'examples/harmonyos');
  const { dependencies } = json(example, 'entry/oh-package.json5');
  assert.deepEqual(dependencies, { '@zego/ZIM': 'file:./libs/ZIM.har', '@zego/ZPNs': 'file:./libs/ZPNs.har' });
  assert.deepEqual(json(example, 'oh-package.json5').overrides, { '@zego/ZIM': 'file:./entry/libs/ZIM.har' });
  assert.ok(json(example, 'entry/src/main/module.json5').module.requestPermissions.length > 0);
});
