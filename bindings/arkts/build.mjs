// Compiles the packages for Node and uni-app's, `dist/` in each, the samples and the example. The source is that of HarmonyOS: `.ets` is read as
// TypeScript, and relative imports get the ending that Node wants. Fails on any error of the compiler.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('.', import.meta.url));
const bindings = join(root, '..');
const ability = 'examples/harmonyos/entry/src/main/ets/entryability/EntryAbility.ts';
const packages = ['zim/Index.ts', 'zpns/Index.ts', 'zpns/node.ts', '../uniapp/js_sdk/zego-ZPNsUniPlugin-JS/lib/index.ts'];
const roots = [...packages, 'test/sample.ts', 'test/recall.ts', 'test/types.ts', 'test/uniapp/sample.ts', 'test/kits/kits.d.ts', ability];
const options = {
  strict: true,
  noUnusedLocals: true,
  noImplicitReturns: true,
  declaration: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  rootDir: bindings,
  paths: {
    '@zego/ZIM': [join(root, 'zim/Index.ts')],
    '@zego/ZIM/*': [join(root, 'zim/*')],
    '@zego/ZPNs': [join(root, 'zpns/node.ts')],
    // uni-app's name for the project's folder.
    '@/*': [join(bindings, 'uniapp/*')],
    'libzim_arkts.so': [join(root, 'zim/src/main/cpp/types/libzim_arkts/index.d.ts')],
  },
};

/** A file of ArkTS is seen under the name it would have in TypeScript. */
function arkts(file) {
  return file.endsWith('.ts') && !file.endsWith('.d.ts') ? file.replace(/\.ts$/, '.ets') : file;
}

const host = ts.createCompilerHost(options);
const { fileExists, readFile } = host;
host.fileExists = (file) => fileExists(file) || fileExists(arkts(file));
host.readFile = (file) => readFile(file) ?? readFile(arkts(file));

/** `arkts/zim/src/x.js` becomes `arkts/zim/dist/src/x.js`. */
function write(file, text) {
  const [binding, folder, ...rest] = relative(bindings, file).split(sep);
  const target = join(bindings, binding, folder, 'dist', ...rest);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text.replace(/(from |import )'(\.[^']*)'/g, "$1'$2.js'"));
}

for (const folder of ['zim', 'zpns', 'test', 'examples', '../uniapp/js_sdk']) {
  rmSync(join(root, folder, 'dist'), { recursive: true, force: true });
}
const program = ts.createProgram(roots.map((file) => join(root, file)), options, host);
const { diagnostics } = program.emit(undefined, write);
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
if (problems.length > 0) {
  const shown = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  process.stderr.write(ts.formatDiagnostics(problems, shown));
  process.exit(1);
}
