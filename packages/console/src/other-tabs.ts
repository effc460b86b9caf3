import type { QueryClient } from "@tanstack/react-query";
import { type Session, sessionQuery } from "./session.ts";

/** All tabs of a browser share the cookie, so whoever signs in or out in one does so in all. */
const tabs = new BroadcastChannel("quillon-session");

/** @param login who is signed in now; undefined for nobody */
export function tellOtherTabs(login: string | undefined): void {
  tabs.postMessage(login);
}

/** Reads the page again when somebody else is signed in than it shows, or nobody, because what it would do would be done as that one. */
export function followOtherTabs(queries: QueryClient): void {
  tabs.onmessage = ({ data }: MessageEvent<string | undefined>) => {
    const shown: Session | undefined = queries.getQueryData(sessionQuery.queryKey);
    if (shown !== undefined && shown.login !== data) location.reload();
  };
}
