/**
 * The file of a worker thread, next to the module that starts it. Both are TypeScript when the server runs from its
 * source, and JavaScript when it was built.
 *
 * @param url `import.meta.url` of the module.
 */
export function besideModule(name: string, url: string): URL {
  return new URL(`./${name}${url.slice(url.lastIndexOf("."))}`, url);
}
