import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followOtherTabs } from "./other-tabs.ts";
import { newQueryClient } from "./query-client.ts";
import { loadPages, newRouter } from "./router.tsx";
import { sessionQuery } from "./session.ts";
import { readableColors, theme } from "./theme.ts";

const queryClient = newQueryClient(() => {
  const { pathname, href } = router.state.location;
  // Otherwise the way back would lead to that page, and so here again.
  if (pathname === "/signin") return;
  const ended = queryClient.getQueryData(sessionQuery.queryKey) && { ended: "1" };
  void router.navigate({ to: "/signin", search: { next: href, ...ended }, replace: true }).then(forget);
});
const router = newRouter(queryClient);
followOtherTabs(queryClient);

// A key that is held presses a button once, because what that opens is to be read before something is pressed there.
addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target instanceof HTMLButtonElement) event.preventDefault();
});

/** Nothing that somebody has read is shown to whoever comes next. */
function forget() {
  queryClient.getQueryCache().clear();
}

// A visit that is sent to sign in is not the first page.
const stop = router.subscribe("onRendered", ({ toLocation }) => {
  if (toLocation.pathname === "/signin") return;
  stop();
  void loadPages(router);
});

/** The Content-Security-Policy admits only style elements that have it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// Where Mantine's dialogs, which keep the page behind them from scrolling, look for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <Notifications position="top-right" />
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
