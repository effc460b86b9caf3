// A policy pack whose policies do what the request tells them to. It runs unchanged on @pulumi/policy and on ours.
//
// The resource's name (for a stack, that of its first resource) is JSON: for each policy a list of steps.
const { asset } = require("@pulumi/pulumi");

const Typed = Object.assign(class Typed {}, { __pulumiType: "test:index:Typed" });
const Checked = Object.assign(class Checked {}, { isInstance: (value) => value.__pulumiType === "test:index:Checked" });
const Anonymous = Object.assign(class Anonymous {}, { isInstance: (value) => value.__pulumiType === "" });
const CLASSES = [Typed, Checked, Anonymous];

/** How a policy describes what it sees: everything that could differ between two SDKs, as text. */
function describe(value) {
  if (value === undefined) return "undefined";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (asset.Asset.isInstance(value) || asset.Archive.isInstance(value)) return `asset:${kindOf(value)}`;
  if (Array.isArray(value)) return `[${Array.from(value, describe).join()}]`;
  return `{${Object.keys(value)
    .map((key) => `${JSON.stringify(key)}:${describe(value[key])}`)
    .join()}}`;
}

function kindOf(value) {
  const kinds = ["FileAsset", "StringAsset", "RemoteAsset", "FileArchive", "RemoteArchive", "AssetArchive"];
  return kinds.filter((kind) => value instanceof asset[kind]).join();
}

const at = (props, path) =>
  path.reduce((value, key) => (value === undefined || value === null ? value : value[key]), props);

const STEPS = {
  read: ({ path }, { props, report }) => report(`read ${describe(at(props, path))}`),
  walk: (_, { props, report }) => report(`walk ${describe(props)}`),
  json: (_, { props, report }) => report(`json ${JSON.stringify(props).length}`),
  keys: (_, { props, report }) => report(`keys ${Object.keys(props)} ${"a" in props} ${typeof props}`),
  list: ({ path }, { props, report, remediating }) => {
    const list = at(props, path);
    if (!Array.isArray(list)) return report(`no list, ${typeof list}`);
    // Methods that make a new list crash in the original's remediations.
    if (remediating) return report(`list ${list.length} ${list.includes(1)} ${list.indexOf("x")}`);
    report(
      `list ${list.length} ${list.filter((one) => one).length} ${describe(list.map((one) => one))} ${[...list].length}`,
    );
  },
  lenient: ({ path }, { props, report, policy }) => {
    try {
      report(`known ${describe(at(props, path))}`);
    } catch (error) {
      report(`${error instanceof policy.UnknownValueError} ${error.message} ${describe(error.props)}`);
    }
  },
  args: (_, { args, report }) => {
    const types = CLASSES.map((type) => `${Boolean(args.isType(type))} ${describe(args.asType(type) === undefined)}`);
    report(
      `${args.type} ${args.urn} ${describe(args.opts)} ${args.provider ? describe(args.provider) : "none"} ${types}`,
    );
  },
  tags: (_, { args, report }) => {
    const { stackTags } = args;
    report(
      `tags ${[...stackTags]} ${stackTags.size} ${stackTags.get("a")} ${stackTags.has("b")} ${[...stackTags.keys()]}`,
    );
  },
  config: (_, { args, report }) => {
    const config = args.getConfig();
    report(`config ${describe(config)}`);
    config.written = true;
  },
  say: ({ message, urn }, { report }) => report(message, urn),
  sayMore: ({ violation }, { report }) => report(violation),
  skip: ({ reason }, { args }) => args.notApplicable(reason),
  wait: () => new Promise((resolve) => setImmediate(resolve)),
  microtask: () => Promise.resolve(),
  // How long a report nobody waits for may take to be counted is a race in either SDK; here it has the time.
  late: ({ message }, { report }) => {
    void Promise.resolve().then(() => report(message));
    return new Promise((resolve) => setImmediate(resolve));
  },
  fail: ({ how, message }) => {
    if (how === "string") throw message;
    if (how === "nothing") throw undefined;
    if (how === "type") return at(null, ["x"]).y;
    throw new RangeError(message || "no message");
  },
  set: ({ path, value }, { props }) => {
    const parent = at(props, path.slice(0, -1));
    if (typeof parent === "object" && parent !== null) parent[path.at(-1)] = value;
  },
  delete: ({ path }, { props }) => {
    const parent = at(props, path.slice(0, -1));
    if (typeof parent === "object" && parent !== null) delete parent[path.at(-1)];
  },
  resources: (_, { args, report }) => {
    for (const resource of args.resources ?? []) {
      const names = (list) => list.map((one) => one.urn).join();
      const byProperty = Object.entries(resource.propertyDependencies).map(([key, list]) => `${key}=${names(list)}`);
      const types = CLASSES.map(
        (type) => `${Boolean(resource.isType(type))} ${resource.asType(type) === resource.props}`,
      );
      report(
        `${resource.type} ${resource.parent?.urn} ${names(resource.dependencies)} ${byProperty} ${types}`,
        resource.urn,
      );
      report(`${describe(resource.opts)} ${resource.provider ? describe(resource.provider) : "none"}`);
    }
  },
};

/** What a remediation returns, by name. */
const RESULTS = {
  nothing: () => undefined,
  same: ({ props }) => props,
  spread: ({ props }) => ({ ...props, added: true }),
  literal: ({ step }) => step.value,
  secret: ({ policy, step }) => ({
    plain: 1,
    // Under names that no later step writes to: the original shows it a Secret, ours its value.
    hidden: new policy.Secret(step.value),
    below: [{ hidden: new policy.Secret({ y: 2 }) }],
  }),
  promise: ({ props }) => Promise.resolve({ later: Promise.resolve([1, Promise.resolve(2)]), props }),
  odd: () => ({ a: undefined, b: [undefined, null], c: () => 1, d: new Date(0), e: Number.NaN, f: Symbol.iterator }),
  assets: () => ({
    file: new asset.FileAsset("./x"),
    text: new asset.StringAsset("hello"),
    uri: new asset.RemoteAsset("https://example.com"),
    dir: new asset.FileArchive("./d"),
    remote: new asset.RemoteArchive("https://example.com/a.zip"),
  }),
  inner: ({ props }) => ({ wrapped: props, list: [props.list] }),
};

async function play(steps, context) {
  let result;
  for (const step of steps ?? []) {
    if (step.op === "return") result = RESULTS[step.what]({ ...context, step });
    else await STEPS[step.op](step, context);
  }
  return result;
}

/** As `play`, but not async until a step is: what a policy throws must be caught both ways. */
function playAtOnce(steps, context) {
  for (const [index, step] of (steps ?? []).entries()) {
    if (["wait", "microtask", "late"].includes(step.op)) return play(steps.slice(index), context);
    if (step.op === "return") return RESULTS[step.what]({ ...context, step });
    STEPS[step.op](step, context);
  }
}

module.exports = (policy) => {
  const steps = (args, name) => JSON.parse((args.resources ? args.resources[0]?.name : args.name) || "{}")[name];
  const context = (args, report, remediating = false) => {
    const props = args.props ?? args.resources?.[0]?.props ?? {};
    return { args, report, policy, props, remediating };
  };
  const validate = (name) => (args, report) => playAtOnce(steps(args, name), context(args, report));
  const remediate = (name) => (args) =>
    playAtOnce(
      steps(args, name),
      context(args, () => {}, true),
    );
  const typed = (name, type) => policy.validateResourceOfType(type, (_, args, report) => validate(name)(args, report));

  new policy.PolicyPack("differential", {
    enforcementLevel: "mandatory",
    policies: [
      { name: "plain", description: "One function.", validateResource: validate("plain") },
      {
        name: "several",
        description: "Several functions.",
        severity: "high",
        enforcementLevel: "advisory",
        validateResource: [validate("several"), validate("plain"), typed("several", Typed)],
      },
      { name: "typed", description: "Typed.", severity: "low", validateResource: typed("typed", Typed) },
      { name: "checked", description: "By isInstance.", validateResource: typed("checked", Checked) },
      { name: "anonymous", description: "", validateResource: typed("anonymous", Anonymous) },
      { name: "off", description: "Disabled.", enforcementLevel: "disabled", validateResource: validate("off") },
      {
        name: "repair",
        description: "Repairs.",
        enforcementLevel: "remediate",
        severity: "critical",
        remediateResource: remediate("repair"),
      },
      {
        name: "repair-typed",
        description: "Repairs typed.",
        enforcementLevel: "remediate",
        remediateResource: policy.remediateResourceOfType(Typed, (_, args) => remediate("repair-typed")(args)),
      },
      {
        name: "both",
        description: "Repairs and reports.",
        enforcementLevel: "remediate",
        ...policy.validateRemediateResourceOfType(Checked, (_, args, report) =>
          playAtOnce(steps(args, "both"), context(args, report, true)),
        ),
      },
      { name: "stack", description: "Stack.", validateStack: validate("stack") },
      {
        name: "stack-typed",
        description: "Stack, typed.",
        severity: "medium",
        enforcementLevel: "remediate",
        validateStack: policy.validateStackResourcesOfType(Typed, (list, args, report) => {
          report(`${list.length} typed, ${args.resources.length} resources`);
          return validate("stack-typed")(args, report);
        }),
      },
      {
        name: "stack-checked",
        description: "Stack, by isInstance.",
        validateStack: policy.validateStackResourcesOfType(Checked, (_, args, report) =>
          validate("stack-checked")(args, report),
        ),
      },
      {
        name: "hybrid",
        description: "Resource and stack.",
        validateResource: validate("hybrid"),
        validateStack: validate("hybrid"),
      },
    ],
  });
};
