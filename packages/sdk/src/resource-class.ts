/**
 * The Pulumi type token of a resource class, or of a validation made for one; `undefined` when it carries none.
 *
 * @example
 * getPulumiType(aws.s3.Bucket); // "aws:s3/bucket:Bucket"
 */
export function getPulumiType(obj: unknown): string | undefined {
  const type = (obj as { __pulumiType?: unknown } | null | undefined)?.__pulumiType;
  return typeof type === "string" && type.length > 0 ? type : undefined;
}

/** By a function of a policy, the class that it was made for. */
const classes = new WeakMap<object, unknown>();

/**
 * Whether a resource of this type is one of a class. A class answers by its token, or by `isInstance`: the class of a
 * provider has only the package's name as its token. A type token, as a string, stands for the class.
 *
 * @throws Error when no resource could ever be one of it, because then a policy would never apply, without a word.
 */
export function isOfClass(type: string, resourceClass: unknown): boolean {
  if (tokenOf(resourceClass) === type) return true;
  if (answers(resourceClass, { __pulumiType: type })) return true;
  const problem = classProblem(resourceClass);
  if (problem) throw new Error(`${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
  return false;
}

/** Why no resource can be one of a class, as the end of a sentence; `undefined` when one can. */
export function classProblem(resourceClass: unknown): string | undefined {
  if (tokenOf(resourceClass) || tellsTypes(resourceClass)) return undefined;
  if (typeof resourceClass === "string") return "an empty text is not a type token";
  if (typeof resourceClass !== "function") return `${resourceClass} is not a resource class`;
  return `the class ${resourceClass.name || "without a name"} carries no type token, so no resource can be recognized as one of it. Give the type token as a string instead, such as "aws:s3/bucket:Bucket"`;
}

/** Why a policy does not apply to something else. `made` is a function of it that was made for a class, or that class. */
export function reasonFor(made: unknown): string {
  const resourceClass = classes.get(made as object) ?? made;
  const type = tokenOf(resourceClass);
  if (type)
    return `Policy only applies to resources of type '${isProvider(resourceClass, type) ? PROVIDER : ""}${type}'`;
  const name = (resourceClass as { name?: unknown } | null | undefined)?.name;
  if (typeof name === "string" && name.length > 0) return `Policy only applies to '${name}' resources`;
  return "Policy only applies to resources of a specific type";
}

/** Remembers for which class a function of a policy was made. With the label, types are compared before anything is decoded. */
export function madeFor<T extends object>(check: T, resourceClass: unknown): T {
  classes.set(check, resourceClass);
  const type = tokenOf(resourceClass);
  return type ? Object.assign(check, { __pulumiType: type }) : check;
}

/** Whether a function of a policy has to be asked about resources of this type. */
export function mayApply(check: object, type: string): boolean {
  const wanted = getPulumiType(check);
  return !wanted || wanted === type || (classes.has(check) && isOfClass(type, classes.get(check)));
}

/** Why a function of a policy can never apply; `undefined` when it can, or was not made for a class. */
export function neverApplies(check: object): string | undefined {
  return classes.has(check) ? classProblem(classes.get(check)) : undefined;
}

const PROVIDER = "pulumi:providers:";

function tokenOf(resourceClass: unknown): string | undefined {
  return typeof resourceClass === "string" ? resourceClass || undefined : getPulumiType(resourceClass);
}

function isProvider(resourceClass: unknown, token: string): boolean {
  return !token.includes(":") && answers(resourceClass, { __pulumiType: PROVIDER + token });
}

function answers(resourceClass: unknown, resource: object): boolean {
  const { isInstance } = (resourceClass ?? {}) as { isInstance?: unknown };
  return typeof isInstance === "function" && isInstance.call(resourceClass, resource) === true;
}

/** Classes of `@pulumi/pulumi` inherit an `isInstance` that asks only whether it is a resource at all, and not which. */
function tellsTypes(resourceClass: unknown): boolean {
  let asked = false;
  const probe = {
    get __pulumiType() {
      asked = true;
      return "";
    },
  };
  try {
    answers(resourceClass, probe);
  } catch {
    // One that fails without a whole resource says so when it is asked about a resource.
    return true;
  }
  return asked;
}
