import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { answerTo } from "./pages/cli-login/search.ts";
import { newRouter } from "./router.tsx";

const router = newRouter(new QueryClient());

/** What a page is given of the parameters in an address. */
function searchAt(address: string): Record<string, unknown> {
  const [pathname = "", search = ""] = address.split("?");
  const match = router.matchRoutes(pathname, router.options.parseSearch(search)).at(-1);
  return Object.fromEntries(Object.entries(match?.search ?? {}).filter(([, value]) => value !== undefined));
}

test("a page is given only those parameters of its address that it accepts", () => {
  expect(searchAt("/acme/stacks?compliance=any&name=web&other=1")).toEqual({ name: "web" });
  for (const { id, options } of Object.values(router.routesById)) {
    const { validateSearch: read } = options as { validateSearch?: (search: object) => object };
    if (read) expect(read({ other: "1" }), id).toHaveProperty("other", undefined);
  }
});

test("the address to which the CLI's access token is sent is on this machine, whatever the link says", () => {
  const port = "80@evil.example";
  expect(searchAt(`/cli-login?cliSessionPort=${port}&cliSessionNonce=7`)).toEqual({ cliSessionNonce: "7" });
  const given = searchAt("/cli-login?cliSessionPort=4711&cliSessionNonce=a%26b");
  expect(answerTo(given, "t")).toBe("http://localhost:4711/?accessToken=t&nonce=a%26b");
  expect(new URL(answerTo({ ...given, cliSessionPort: port as never }, "t")).host).toBe("localhost");
});
