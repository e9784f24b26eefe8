// `@kit.PushKit` is the file of this name here; `libzim_arkts.so` and the packages are npm's.
export function resolve(specifier, context, next) {
  const kit = /^@kit\.(\w+)$/.exec(specifier);
  return kit ? { url: new URL(`${kit[1]}.mjs`, import.meta.url).href, shortCircuit: true } : next(specifier, context);
}
