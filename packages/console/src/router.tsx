import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  type AsyncRouteComponent,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { isSignedOut } from "./api.ts";
import { readAuditFilter } from "./pages/audit-log/search.ts";
import { readCliLogin } from "./pages/cli-login/search.ts";
import { readCompliance } from "./pages/compliance/search.ts";
import { readExceptionFilter } from "./pages/exceptions/search.ts";
import { readFindingFilter } from "./pages/findings/search.ts";
import { readNewException } from "./pages/new-exception/search.ts";
import { readGroupSearch } from "./pages/policy-group/search.ts";
import { readPackSearch } from "./pages/policy-pack/search.ts";
import { readVersionSearch } from "./pages/policy-pack-version/search.ts";
import { readStackFindings } from "./pages/stack/findings/search.ts";
import { readResourceFilter } from "./pages/stack/resources/search.ts";
import { readStackFilter } from "./pages/stacks/search.ts";
import { readRunView } from "./pages/update/search.ts";
import { only, parseSearch, stringifySearch, text } from "./search.ts";
import { sessionQuery } from "./session.ts";
import { Placeholder, Problem } from "./shared/loaded.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { Shell } from "./shell/shell.tsx";

// Every page by its URL. Those that the Pulumi CLI prints are Pulumi's own: a stack, its updates and previews, a version of a pack.

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: only((search): { next?: string; out?: string; ended?: string } =>
    text(search, "next", "out", "ended"),
  ),
  component: lazyRouteComponent(() => import("./pages/sign-in/page.tsx"), "SignInPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context: { queries }, location }) => {
    try {
      return { session: await queries.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: "/signin", search: { next: location.href } });
      throw error;
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: ({ context: { session } }) => {
    const [first] = session.organizations;
    if (first) throw redirect({ to: "/$org", params: { org: first.name } });
  },
  component: lazyRouteComponent(() => import("./pages/no-organization/page.tsx"), "NoOrganizationPage"),
});

const tokens = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/tokens",
  component: lazyRouteComponent(() => import("./pages/tokens/page.tsx"), "TokensPage"),
});

/** The CLI opens it: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L247 */
const cliLogin = createRoute({
  getParentRoute: () => signedIn,
  path: "/cli-login",
  validateSearch: only(readCliLogin),
  component: lazyRouteComponent(() => import("./pages/cli-login/page.tsx"), "CliLoginPage"),
});

const welcome = createRoute({
  getParentRoute: () => signedIn,
  path: "/welcome/cli",
  component: lazyRouteComponent(() => import("./pages/cli-login/welcome.tsx"), "WelcomePage"),
});

const organization = createRoute({
  getParentRoute: () => signedIn,
  path: "/$org",
  beforeLoad: ({ context: { session }, params: { org } }) => {
    if (!session.organizations.some(({ name }) => name === org)) throw notFound();
  },
  component: Outlet,
});

const overview = createRoute({
  getParentRoute: () => organization,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview/page.tsx"), "OverviewPage"),
});

const stacks = createRoute({
  getParentRoute: () => organization,
  path: "/stacks",
  validateSearch: only(readStackFilter),
  component: lazyRouteComponent(() => import("./pages/stacks/page.tsx"), "StacksPage"),
});

const findings = createRoute({
  getParentRoute: () => organization,
  path: "/insights/findings",
  validateSearch: only(readFindingFilter),
  component: lazyRouteComponent(() => import("./pages/findings/page.tsx"), "FindingsPage"),
});

const finding = createRoute({
  getParentRoute: () => organization,
  path: "/insights/findings/$id",
  component: lazyRouteComponent(() => import("./pages/finding/page.tsx"), "FindingPage"),
});

const compliance = createRoute({
  getParentRoute: () => organization,
  path: "/insights/compliance",
  validateSearch: only(readCompliance),
  component: lazyRouteComponent(() => import("./pages/compliance/page.tsx"), "CompliancePage"),
});

const policyPacks = createRoute({
  getParentRoute: () => organization,
  path: "/insights/policypacks",
  component: lazyRouteComponent(() => import("./pages/policy-packs/page.tsx"), "PolicyPacksPage"),
});

const policyPack = createRoute({
  getParentRoute: () => organization,
  path: "/insights/policypacks/$pack",
  validateSearch: only(readPackSearch),
  component: lazyRouteComponent(() => import("./pages/policy-pack/page.tsx"), "PolicyPackPage"),
});

const policyPackVersion = createRoute({
  getParentRoute: () => organization,
  path: "/insights/policypacks/$pack/$version",
  validateSearch: only(readVersionSearch),
  component: lazyRouteComponent(() => import("./pages/policy-pack-version/page.tsx"), "PolicyPackVersionPage"),
});

const policyGroups = createRoute({
  getParentRoute: () => organization,
  path: "/insights/policygroups",
  component: lazyRouteComponent(() => import("./pages/policy-groups/page.tsx"), "PolicyGroupsPage"),
});

const policyGroup = createRoute({
  getParentRoute: () => organization,
  path: "/insights/policygroups/$group",
  validateSearch: only(readGroupSearch),
  component: lazyRouteComponent(() => import("./pages/policy-group/page.tsx"), "PolicyGroupPage"),
});

const exceptions = createRoute({
  getParentRoute: () => organization,
  path: "/insights/exceptions",
  validateSearch: only(readExceptionFilter),
  component: lazyRouteComponent(() => import("./pages/exceptions/page.tsx"), "ExceptionsPage"),
});

const exception = createRoute({
  getParentRoute: () => organization,
  path: "/insights/exceptions/$id",
  component: lazyRouteComponent(() => import("./pages/exception/page.tsx"), "ExceptionPage"),
});

const newException = createRoute({
  getParentRoute: () => organization,
  path: "/insights/new-exception",
  validateSearch: only(readNewException),
  component: lazyRouteComponent(() => import("./pages/new-exception/page.tsx"), "NewExceptionPage"),
});

const auditLog = createRoute({
  getParentRoute: () => organization,
  path: "/audit-log",
  validateSearch: only(readAuditFilter),
  component: lazyRouteComponent(() => import("./pages/audit-log/page.tsx"), "AuditLogPage"),
});

const settings = createRoute({
  getParentRoute: () => organization,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings/page.tsx"), "SettingsPage"),
});

const members = createRoute({
  getParentRoute: () => organization,
  path: "/settings/members",
  component: lazyRouteComponent(() => import("./pages/members/page.tsx"), "MembersPage"),
});

const teams = createRoute({
  getParentRoute: () => organization,
  path: "/settings/teams",
  component: lazyRouteComponent(() => import("./pages/teams/page.tsx"), "TeamsPage"),
});

const team = createRoute({
  getParentRoute: () => organization,
  path: "/settings/teams/$team",
  component: lazyRouteComponent(() => import("./pages/team/page.tsx"), "TeamPage"),
});

const webhooks = createRoute({
  getParentRoute: () => organization,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("./pages/webhooks/page.tsx"), "WebhooksPage"),
});

const webhook = createRoute({
  getParentRoute: () => organization,
  path: "/settings/webhooks/$hook",
  component: lazyRouteComponent(() => import("./pages/webhook/page.tsx"), "WebhookPage"),
});

const about = createRoute({
  getParentRoute: () => organization,
  path: "/about",
  component: lazyRouteComponent(() => import("./pages/about/page.tsx"), "AboutPage"),
});

const update = createRoute({
  getParentRoute: () => organization,
  path: "/$project/$stack/updates/$version",
  validateSearch: only(readRunView),
  component: lazyRouteComponent(() => import("./pages/update/page.tsx"), "UpdatePage"),
});

const preview = createRoute({
  getParentRoute: () => organization,
  path: "/$project/$stack/previews/$updateId",
  validateSearch: only(readRunView),
  component: lazyRouteComponent(() => import("./pages/update/page.tsx"), "PreviewPage"),
});

const stack = createRoute({
  getParentRoute: () => organization,
  path: "/$project/$stack",
  component: lazyRouteComponent(() => import("./pages/stack/layout.tsx"), "StackLayout"),
});

const stackActivity = createRoute({
  getParentRoute: () => stack,
  path: "/",
  validateSearch: only<{ exception?: string }>((search) => text(search, "exception")),
  // The Pulumi CLI prints this link to an exception, or to the request of one:
  // https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_exception_new.go
  beforeLoad: ({ params: { org }, search: { exception: id } }) => {
    if (!id) return;
    if (id.startsWith("EXC-"))
      throw redirect({ to: "/$org/insights/exceptions/$id", params: { org, id }, replace: true });
    const search = { view: "requests", request: id } as const;
    throw redirect({ to: "/$org/insights/exceptions", params: { org }, search, replace: true });
  },
  component: lazyRouteComponent(() => import("./pages/stack/activity/page.tsx"), "ActivityPage"),
});

const stackResources = createRoute({
  getParentRoute: () => stack,
  path: "/resources",
  validateSearch: only(readResourceFilter),
  component: lazyRouteComponent(() => import("./pages/stack/resources/page.tsx"), "ResourcesPage"),
});

const stackFindings = createRoute({
  getParentRoute: () => stack,
  path: "/findings",
  validateSearch: only(readStackFindings),
  component: lazyRouteComponent(() => import("./pages/stack/findings/page.tsx"), "StackFindingsPage"),
});

const stackSettings = createRoute({
  getParentRoute: () => stack,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/stack/settings/page.tsx"), "StackSettingsPage"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([
    home,
    tokens,
    cliLogin,
    welcome,
    organization.addChildren([
      overview,
      stacks,
      findings,
      finding,
      compliance,
      policyPacks,
      policyPack,
      policyPackVersion,
      policyGroups,
      policyGroup,
      exceptions,
      exception,
      newException,
      auditLog,
      settings,
      members,
      teams,
      team,
      webhooks,
      webhook,
      about,
      update,
      preview,
      stack.addChildren([stackActivity, stackResources, stackFindings, stackSettings]),
    ]),
  ]),
]);

/** Safari has none. */
const whenIdle: (then: () => void) => void = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 200));

/**
 * Loads the code of all pages while the browser has nothing else to do and no page waits for an answer, so that the first visit
 * of each waits only for what it shows.
 */
export async function loadPages({ routesById, options: { context } }: ReturnType<typeof newRouter>): Promise<void> {
  for (const { options } of Object.values<AnyRoute>(routesById)) {
    do await new Promise<void>((resolve) => whenIdle(resolve));
    while (context.queries.isFetching() > 0);
    await (options.component as AsyncRouteComponent<object> | undefined)?.preload?.();
  }
}

export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    // What is preloaded is kept by the queries.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    parseSearch,
    stringifySearch,
    defaultPendingComponent: Placeholder,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
