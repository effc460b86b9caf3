import { sql } from "kysely";
import { KEEPING_STACKS, startApp, type TestApp } from "../app.ts";
import type { Engine } from "../database.ts";
import { archiveOf, PACKS, publication, upload, uploadAndComplete, uploadSources } from "../pack.ts";
import { makeToken, person } from "../people.ts";

/**
 * Who sends a request. `lease` is the running update, `nobody` has no token; the admin is also in the console (`browser`), and behind a
 * reverse proxy that has signed them in (`proxied`).
 */
export const callers = [
  "admin",
  "member",
  "manager",
  "stranger",
  "organization",
  "team",
  "lease",
  "nobody",
  "browser",
  "proxied",
] as const;
export type Caller = (typeof callers)[number];

const STACKS = "/api/stacks/acme/web";
const GROUP = "/api/orgs/acme/policygroups/group";
const TEAM = "/api/orgs/acme/teams/team";
const resources = [{ urn: "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev", type: "pulumi:pulumi:Stack" }];
export const STATE = { version: 3, deployment: { manifest: { time: "", magic: "", version: "" }, resources } };

/**
 * A server on which there is one of everything: the stacks `dev` (with state and history), `busy` (with a running update) and `away` (in
 * another backend), the removed one `gone`, a published pack and a reserved one, a group, a team, people and tokens. Random requests remove and rename these things,
 * and `mend` makes again what is gone, so that the next request finds them.
 */
export class World {
  readonly t: TestApp;
  readonly as: Record<Exclude<Caller, "browser" | "proxied">, string>;
  /** What the server chose, by the name that stands for it in a request. */
  readonly names: Record<string, string> = {};
  /** Lines of the log at level error. */
  readonly log: string[];
  #made = 0;

  private constructor(t: TestApp, log: string[]) {
    this.t = t;
    this.log = log;
    const none = "token none";
    this.as = {
      ...{ admin: `token ${t.token}`, member: none, manager: none, stranger: none, organization: none },
      ...{ team: none, lease: none, nobody: "" },
    };
  }

  static async on(engine: Engine): Promise<World> {
    const log: string[] = [];
    const proxy = { trustProxy: ["loopback"], proxyUserHeader: "x-forwarded-user" };
    const options = { ...proxy, logLevel: "error", logTo: { write: (line: string) => void log.push(line) } };
    const t = await startApp(engine, {}, options, KEEPING_STACKS);
    const world = new World(t, log);
    await world.#need("POST /api/quillon/orgs", { name: "globex" });
    world.as.member = await person(t, "bob");
    world.as.manager = await person(t, "carol", "policy-manager");
    world.as.stranger = await person(t, "eve", "admin", "globex");
    await world.mend();
    return world;
  }

  /** A text with the names that the server chose; `<new>` is another one each time. */
  fill(text: string): string {
    return text.replace(/<(\w+)>/g, (found, name) =>
      name === "new" ? `n${++this.#made}` : (this.names[name] ?? found),
    );
  }

  /** What the caller sends beside the request. */
  headersOf(by: Caller): Record<string, string> {
    const page = { host: "quillon.example", origin: "http://quillon.example" };
    if (by === "browser") return { cookie: this.names.cookie ?? "", ...page };
    if (by === "proxied") return { "x-forwarded-user": "admin", ...page };
    return this.as[by] === "" ? {} : { authorization: this.as[by] };
  }

  /** Makes again what is missing. */
  async mend(): Promise<void> {
    const has = await this.#present();
    if (!has.people) await this.#people();
    await this.#stacks(has);
    if (!has.pack) await this.#pack("pack");
    if (!has.spare) await this.#pack("spare");
    if (!has.reservation) await this.#reservation();
    if (!has.uploadable) await this.#uploadable();
    if (!has.group) await this.#need("POST /api/orgs/acme/policygroups", { name: "group", mode: "preventative" });
    if (!has.group || !has.enabled) await this.#enable();
    if (!has.team) await this.#team();
    if (!has.team || !has.granted) await this.#grant();
    if (!has.tokens) await this.#tokens();
    if (!has.session) await this.#session();
    if (!has.pack || !has.enabled || !this.names.packVersion) await this.#download();
    await this.#results(has);
    if (!has.hook) await this.#hook("/api/orgs/acme", "delivery");
    if (!has.dev || !has.stackHook) await this.#hook(`${STACKS}/dev`, "stackDelivery");
  }

  async #gone(): Promise<void> {
    const present = await this.t.send(`GET ${STACKS}/gone`);
    if (present.status === 404) await this.#need(`POST ${STACKS}`, { stackName: "gone" });
    await this.#need(`DELETE ${STACKS}/gone`);
    const { stacks } = await this.#need("GET /api/quillon/orgs/acme/deleted-stacks");
    this.names.deleted = stacks.find((one: { stack: string }) => one.stack === "gone").id;
  }

  async #results(has: Record<string, boolean>): Promise<void> {
    if (!has.issue) await this.#issue();
    if (!has.exception) await this.#exception();
    if (!has.requests) await this.#requests();
  }

  async #stacks(has: Record<string, boolean>): Promise<void> {
    if (!has.dev) await this.#dev();
    if (!has.tagged) await this.#need(`POST ${STACKS}/dev/tags`, { name: "env", value: "prod" });
    if (!has.dev || !has.created) await this.#created();
    if (!has.busy || !has.running) await this.#busy(has.busy);
    const away = { backend: "s3://states", project: "web", stack: "away" };
    if (!has.gone) await this.#gone();
    if (!has.away) await this.#need("PUT /api/quillon/orgs/acme/elsewhere", away);
  }

  async #present() {
    const id = (name: string) => this.names[name] ?? "00000000-0000-4000-8000-000000000000";
    const stack = (name: string) => sql`exists (select from stacks where project = 'web' and name = ${name})`;
    // A random request may make something of the same name in another organization.
    const own = (table: string) =>
      sql`${sql.id(table)} as (select t.* from ${sql.id(table)} t join organizations o on o.id = organization_id where o.name = 'acme')`;
    const { rows } = await sql<Record<string, boolean>>`
      with ${sql.join(["members", "stacks", "teams", "policy_packs", "policy_groups"].map(own))}
      select
      3 = (select count(*) from members join users on users.id = user_id
        where (login, role) in (('admin', 'admin'), ('bob', 'member'), ('carol', 'policy-manager'))) as people,
      ${stack("dev")} as dev, exists (select from stacks where name = 'dev' and jsonb_exists(tags, 'env')) as tagged, ${stack("busy")} as busy, ${stack("away")} as away,
      exists (select from deleted_stacks where id = ${id("deleted")}) as gone,
      exists (select from updates u join stacks s on s.id = u.stack_id where s.name = 'dev' and s.lease_update_id is null
        and u.id = ${id("created")} and u.status = 'not-started') as created,
      exists (select from updates u join stacks s on s.id = u.stack_id where s.name = 'busy' and s.lease_update_id = u.id
        and u.id = ${id("running")} and u.lease_expires_at > now() + interval '1 minute'
        and exists (select from checkpoints where update_id = u.id and saved_at::text = ${this.names.saved ?? ""})) as running,
      exists (select from policy_pack_versions v join policy_packs p on p.id = v.pack_id
        where p.name = 'pack' and v.status = 'completed') as pack,
      exists (select from policy_pack_versions where id = ${id("reservation")} and status = 'reserved') as reservation,
      exists (select from policy_pack_versions where id = ${id("uploadable")} and status = 'reserved') as uploadable,
      exists (select from policy_pack_versions v join policy_packs p on p.id = v.pack_id
        where p.name = 'spare' and v.status = 'completed') as spare,
      exists (select from policy_groups where name = 'group') as "group",
      exists (select from policy_groups g join policy_group_packs p on p.group_id = g.id
        join policy_group_stacks s on s.group_id = g.id join stacks on stacks.id = s.stack_id
        where g.name = 'group' and stacks.name = 'dev') as enabled,
      exists (select from teams where name = 'team') as team,
      exists (select from teams t join team_stacks g on g.team_id = t.id join stacks s on s.id = g.stack_id
        join team_members m on m.team_id = t.id join users u on u.id = m.user_id
        where t.name = 'team' and s.name = 'dev' and u.login = 'bob') as granted,
      exists (select from findings join stacks on stacks.id = stack_id where findings.id = ${id("issue")}) as issue,
      3 = (select count(*) from exception_requests where (id, status) in ((${id("draftRequest")}, 'draft'),
        (${id("pendingRequest")}, 'pending'), (${id("readyRequest")}, 'ready'))) and not exists (
          select from exception_rules where approval or end_required or longest_hours < 9 or forbidden_from is not null
        ) as requests,
      exists (select from policy_exceptions where 'EXC-' || number = ${id("exception")} and removed_at is null) as exception,
      exists (select from webhook_deliveries where id = ${id("delivery")}) as hook,
      exists (select from webhook_deliveries where id = ${id("stackDelivery")}) as "stackHook",
      exists (select from tokens where session and session_of is not null) as session,
      3 = (select count(*) from tokens where id in (${id("token")}, ${id("organizationToken")}, ${id("teamToken")})) as tokens`.execute(
      this.t.db,
    );
    return rows[0] ?? {};
  }

  async #people(): Promise<void> {
    for (const [login, role] of [
      ["admin", "admin"],
      ["bob", "member"],
      ["carol", "policy-manager"],
    ] as const)
      await sql`insert into members (organization_id, user_id, role)
        select o.id, u.id, ${role} from organizations o, users u where o.name = 'acme' and u.login = ${login}
        on conflict (organization_id, user_id) do update set role = ${role}`.execute(this.t.db);
  }

  async #dev(): Promise<void> {
    const tags = { env: "prod" };
    await this.#need(`POST ${STACKS}`, { stackName: "dev", tags, state: STATE });
    const { updateID } = await this.#need(`POST ${STACKS}/dev/update`, { config: { "web:a": { string: "b" } } });
    const { token } = await this.#need(`POST ${STACKS}/dev/update/${updateID}`, { tags });
    const as = `update-token ${token}`;
    await this.#need(`PATCH ${STACKS}/dev/update/${updateID}/checkpoint`, STATE, as);
    await this.#need(
      `POST ${STACKS}/dev/update/${updateID}/events/batch`,
      { events: [{ sequence: 0, timestamp: 1 }] },
      as,
    );
    await this.#need(`POST ${STACKS}/dev/update/${updateID}/complete`, { status: "succeeded" }, as);
    const { ciphertext } = await this.#need(`POST ${STACKS}/dev/encrypt`, { plaintext: "YWJj" });
    Object.assign(this.names, { ended: updateID, ciphertext });
  }

  async #created(): Promise<void> {
    const { activeUpdate } = await this.#need(`GET ${STACKS}/dev`);
    if (activeUpdate) await this.t.send(`POST ${STACKS}/dev/update/${activeUpdate}/cancel`);
    const { updateID } = await this.#need(`POST ${STACKS}/dev/update`, {});
    this.names.created = updateID;
  }

  async #busy(exists = false): Promise<void> {
    if (!exists) await this.#need(`POST ${STACKS}`, { stackName: "busy" });
    const { activeUpdate } = await this.#need(`GET ${STACKS}/busy`);
    if (activeUpdate) await this.t.send(`POST ${STACKS}/busy/update/${activeUpdate}/cancel`);
    const { updateID } = await this.#need(`POST ${STACKS}/busy/update`, {});
    const { token } = await this.#need(`POST ${STACKS}/busy/update/${updateID}`, {});
    Object.assign(this.names, { running: updateID, lease: token });
    this.as.lease = `update-token ${token}`;
    const verbatim = { untypedDeployment: STATE, sequenceNumber: 1 };
    await this.#need(`PATCH ${STACKS}/busy/update/${updateID}/checkpointverbatim`, verbatim, this.as.lease);
    const { rows } = await sql<{ saved: string }>`
      select saved_at::text as saved from checkpoints where update_id = ${updateID}`.execute(this.t.db);
    this.names.saved = rows[0]?.saved ?? "";
  }

  async #session(): Promise<void> {
    const { headers } = await this.t.send("POST /api/quillon/session");
    this.names.cookie = String(headers["set-cookie"]).split(";")[0] ?? "";
  }

  async #pack(name: "pack" | "spare"): Promise<void> {
    const tag = `1.0.${++this.#made}`;
    const { uploadURI } = await this.#need(`POST ${PACKS}`, publication(name, tag));
    const archive = await archiveOf(undefined, { "bom.cdx.json": '{"bomFormat":"CycloneDX"}' });
    await uploadSources(this.t, { name, version: tag }, archive);
    await uploadAndComplete(this.t, { name, version: tag, uploadURI, archive });
    this.names[`${name}Tag`] = tag;
  }

  async #reservation(): Promise<void> {
    const tag = `1.0.${++this.#made}`;
    const { uploadURI } = await this.#need(`POST ${PACKS}`, publication("reserved", tag));
    await upload(this.t, uploadURI, await archiveOf());
    Object.assign(this.names, { reservedTag: tag, reservation: new URL(uploadURI).pathname.split("/").at(-1) });
  }

  /** Another one than the reservation with a good archive. */
  async #uploadable(): Promise<void> {
    const tag = `1.0.${++this.#made}`;
    const { uploadURI } = await this.#need(`POST ${PACKS}`, publication("uploadable", tag));
    const { pathname, searchParams } = new URL(uploadURI);
    this.names.uploadableTag = tag;
    Object.assign(this.names, { uploadable: pathname.split("/").at(-1), upload: searchParams.get("signature") });
  }

  async #enable(): Promise<void> {
    await this.#need(`PATCH ${GROUP}`, {
      addStack: { name: "dev", routingProject: "web" },
      addPolicyPack: { name: "pack" },
    });
  }

  async #team(): Promise<void> {
    await this.#need("POST /api/orgs/acme/teams/pulumi", { name: "team" });
    this.as.team = (await makeToken(this.t, TEAM, { name: `t${++this.#made}` })).as;
  }

  async #grant(): Promise<void> {
    await this.t.send(`PATCH ${TEAM}`, { memberAction: "add", member: "bob" });
    await this.#need(`PATCH ${TEAM}`, {
      addStackPermission: { projectName: "web", stackName: "dev", permission: 102 },
    });
  }

  async #tokens(): Promise<void> {
    const org = "/api/orgs/acme";
    const name = `t${++this.#made}`;
    this.as.organization = (await makeToken(this.t, org, { name, admin: true })).as;
    this.names.token = (await makeToken(this.t, "/api/user", {})).id;
    this.names.organizationToken = (await makeToken(this.t, org, { name: `${name}x` })).id;
    this.names.teamToken = (await makeToken(this.t, TEAM, { name })).id;
  }

  async #exception(): Promise<void> {
    const match = [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }];
    const wish = { policyPack: "pack", match, reason: `why ${++this.#made}` };
    this.names.exception = (await this.#need("POST /api/orgs/acme/policy/exceptions", wish)).id;
  }

  /** One by bob, because nobody approves their own. */
  async #requests(): Promise<void> {
    const rule = "PUT /api/quillon/orgs/acme/exception-rule";
    const rules = { approval: true, longestHours: null, endRequired: false, forbiddenFrom: null };
    await this.#need(rule, rules);
    const path = "/api/change-requests/acme";
    for (const name of ["draftRequest", "pendingRequest", "readyRequest"]) {
      const match = [{ policies: ["no-public-bucket"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }];
      const wish = { policyPack: "pack", match, reason: `${name} ${++this.#made}` };
      const { changeRequestId } = await this.#need(
        "POST /api/orgs/acme/policy/exceptions/drafts",
        wish,
        this.as.manager,
      );
      this.names[name] = changeRequestId;
      if (name === "draftRequest") continue;
      await this.#need(`POST ${path}/${changeRequestId}/submit`, {});
      if (name === "readyRequest") await this.#need(`POST ${path}/${changeRequestId}/approve`, { revisionNumber: 1 });
    }
    await this.#need(rule, { ...rules, approval: false });
  }

  async #download(): Promise<void> {
    const { requiredPolicies } = await this.#need(`GET ${STACKS}/dev/policypacks`);
    const [pack] = requiredPolicies;
    if (!pack) return;
    const { pathname, searchParams } = new URL(pack.packLocation);
    const signed = { expires: searchParams.get("expires"), download: searchParams.get("signature") };
    Object.assign(this.names, { packVersion: pathname.split("/").at(-1), ...signed });
  }

  async #issue(): Promise<void> {
    const { rows } = await sql<{ id: string }>`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, id, 'pack', 'no-public-bucket', 'urn:pulumi:dev::web::a:b:C::n', sha256('urn'), '1.0.0',
        'mandatory', 'high', 'm', now(), '1.0.0', now(), now()
      from stacks where project = 'web' and name = 'dev'
      returning id`.execute(this.t.db);
    this.names.issue = rows[0]?.id ?? "";
  }

  async #hook(owner: string, delivery: string): Promise<void> {
    const made = await this.t.send(`POST ${owner}/hooks`, { name: "hook", payloadUrl: "http://127.0.0.1:1/x" });
    if (made.status !== 201 && made.status !== 409) throw new Error(`no hook was made: ${made.body.message}`);
    this.names[delivery] = (await this.#need(`POST ${owner}/hooks/hook/ping`)).id;
  }

  async #need(request: string, body?: unknown, as?: string) {
    const answer = await this.t.send(request, body, as ? { as } : {});
    if (answer.status >= 300) throw new Error(`${request} while mending: ${answer.status} ${answer.body.message}`);
    return answer.body;
  }
}
