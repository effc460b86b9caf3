declare module "ignore-walk" {
  interface Options {
    path: string;
    /** Names of files in the manner of .gitignore, which hold below their folders. */
    ignoreFiles: string[];
    /** Whether links to folders are followed. */
    follow: boolean;
  }
  function walk(options: Options): Promise<string[]>;
  export = walk;
}
