/** What stands in for a provider's package: enough for policies, which compare types and values and create nothing. */
export interface StandIns {
  /** By name: `""` is the package itself, `s3` what it exports as `s3`. */
  modules: Record<string, Record<string, Member>>;
  /** The module's name by a file of the package, relative and with slashes, because packs also import files. */
  files: Record<string, string>;
}

export type Member =
  /** A text, a number, an enum. */
  | { value: unknown }
  | { missing: true }
  /** Another module. */
  | { module: string }
  /** The very same thing as in another module. */
  | { same: [module: string, name: string] }
  | { resource: ResourceClass }
  | { helper: { name: string; statics?: Record<string, unknown> } }
  /** Reads the configuration each time. */
  | { config: ConfigRead }
  | { throws: string };

export interface ResourceClass {
  name: string;
  token: string;
  /** The type that `isInstance` looks for. */
  instance?: string | undefined;
  /** Other values of the class. */
  statics?: Record<string, unknown>;
}

export interface ConfigRead {
  /** Such as `aws`. */
  bag: string;
  key: string;
  /** Of `pulumi.Config`. */
  method: string;
  /** Environment variables that give the value when the configuration does not, in this order. */
  env: string[];
  /** The value when nothing gives one. */
  otherwise?: unknown;
  /** Whether a value that is false, 0 or empty counts as none. */
  truthy?: boolean;
}
