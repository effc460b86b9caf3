import { ends, projects } from "./contents.ts";
import { extensions } from "./extensions.ts";
import { kinds, numbers } from "./headers.ts";
import { names, places } from "./names.ts";

/** Archives that the server must judge as the Pulumi CLI will. */
export const archives = [names, places, projects, kinds, numbers, extensions, ends]
  .flat()
  .map(([title, bytes, refused, cli]) => ({ title, bytes, refused, cli }));
