// Its own types bring those of the whole of npm.
declare module "npm-packlist" {
  /** The part of npm's tree that is read of a package without bundled dependencies. */
  interface Tree {
    path: string;
    package: object;
    isProjectRoot: boolean;
    edgesOut: ReadonlyMap<string, unknown>;
  }
  interface Options {
    path: string;
    /** The root of the workspace. */
    prefix?: string;
    /** Those of its packages that are packed. */
    workspaces?: string[];
  }
  function packlist(tree: Tree, options: Options): Promise<string[]>;
  export = packlist;
}
