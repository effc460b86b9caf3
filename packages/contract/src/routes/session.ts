import { Type } from "typebox";
import { Role } from "../names.ts";
import { Empty, type Routes } from "../route.ts";

const Session = Type.Object({
  login: Type.String(),
  name: Type.String(),
  siteAdmin: Type.Boolean(),
  /** When the caller has to sign in again. Only for a request with the console's cookie. */
  expires: Type.Optional(Type.String({ format: "date-time" })),
  /** Those in which the caller may act, starting with the one that they joined first. */
  organizations: Type.Array(Type.Object({ name: Type.String(), role: Role })),
});

export const sessionRoutes = {
  "GET /api/quillon/session": {
    summary: "Get who is signed in, and their roles",
    access: "user",
    reply: Session,
  },
  "POST /api/quillon/session": {
    summary: "Sign in to the console: the reply sets a cookie that takes the place of the access token in this browser",
    access: "person",
    reply: Session,
  },
  "POST /api/quillon/session/proxy": {
    summary: "Sign in to the console as the person whom a trusted reverse proxy names (QUILLON_PROXY_USER_HEADER)",
    access: "public",
    reply: Session,
  },
  "DELETE /api/quillon/session": {
    summary: "Sign out of the console: its cookie is not valid any more",
    access: "person",
    status: 204,
    reply: Empty,
  },
} as const satisfies Routes;
