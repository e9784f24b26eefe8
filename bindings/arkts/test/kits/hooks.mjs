// `@kit.PushKit` is the file of this name here, and `@/js_sdk/…` uni-app's project; the packages are npm's.
const UNIAPP = new URL('../../../uniapp/js_sdk/dist/', import.meta.url);

export function resolve(specifier, context, next) {
  const found = (url) => ({ url: url.href, shortCircuit: true });
  const [, kit, module] = /^@kit\.(\w+)$|^@\/js_sdk\/(.+)$/.exec(specifier) ?? [];
  if (kit) {
    return found(new URL(`${kit}.mjs`, import.meta.url));
  }
  return module ? found(new URL(`${module}/index.js`, UNIAPP)) : next(specifier, context);
}
