// Assembles `target/har/ZIM.har` and `target/har/ZPNs.har`, the packages that DevEco Studio takes. With OHOS_NDK_HOME (the
// folder that holds `native/`) and Rust's targets it builds the native libraries into them; otherwise it says that they
// are without.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const workspace = join(root, '../..');
const target = join(workspace, 'target/har');

/** The processors of HarmonyOS devices and of its simulators, and Rust's names for them. */
const ABIS = { 'arm64-v8a': 'aarch64-unknown-linux-ohos', x86_64: 'x86_64-unknown-linux-ohos' };

/** What a package consists of; everything else in its folder is of Node. */
const PARTS = ['oh-package.json5', 'Index.ets', 'src'];

function assemble(folder, name, libraries) {
  const stage = join(target, name, 'package');
  rmSync(stage, { recursive: true, force: true });
  PARTS.forEach((part) => cpSync(join(root, folder, part), join(stage, part), { recursive: true }));
  cpSync(join(workspace, 'LICENSE'), join(stage, 'LICENSE'));
  for (const [abi, library] of Object.entries(libraries)) {
    mkdirSync(join(stage, 'libs', abi), { recursive: true });
    cpSync(library, join(stage, 'libs', abi, 'libzim_arkts.so'));
  }
  const archive = join(target, `${name}.har`);
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  execFileSync('tar', [...same, '-czf', archive, '-C', join(target, name), 'package']);
  console.log(`wrote ${archive}`);
}

/** Builds the library for one processor and says where it is. */
function build(ndk, rust) {
  const clang = join(ndk, 'native/llvm/bin', `${rust}-clang`);
  const variable = rust.replaceAll('-', '_');
  const env = {
    ...process.env,
    [`CARGO_TARGET_${variable.toUpperCase()}_LINKER`]: clang,
    [`CC_${variable}`]: clang,
    [`AR_${variable}`]: join(ndk, 'native/llvm/bin/llvm-ar'),
  };
  const options = { cwd: workspace, env, stdio: 'inherit' };
  execFileSync('cargo', ['build', '--release', '--package', 'zim-arkts', '--target', rust], options);
  return join(workspace, 'target', rust, 'release/libzim_arkts.so');
}

function libraries() {
  const ndk = process.env.OHOS_NDK_HOME;
  if (!ndk) {
    console.log(`WITHOUT LIBRARIES (${Object.keys(ABIS).join(', ')}): OHOS_NDK_HOME is not set`);
    return {};
  }
  return Object.fromEntries(Object.entries(ABIS).map(([abi, rust]) => [abi, build(ndk, rust)]));
}

assemble('zim', 'ZIM', libraries());
assemble('zpns', 'ZPNs', {});
