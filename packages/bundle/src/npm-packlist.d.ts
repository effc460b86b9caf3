// Its own types bring those of the whole of npm.
declare module "npm-packlist" {
  /** The part of npm's tree that is read of a package without bundled dependencies. */
  interface Tree {
    path: string;
    package: object;
    isProjectRoot: boolean;
    edgesOut: ReadonlyMap<string, unknown>;
  }
  function packlist(tree: Tree): Promise<string[]>;
  export = packlist;
}
