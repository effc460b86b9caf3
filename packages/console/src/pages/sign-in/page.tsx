import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { connect } from "@quillon/contract/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { api, isSignedOut, messageOf } from "../../api.ts";
import { tellOtherTabs } from "../../other-tabs.ts";
import { type Session, sessionQuery } from "../../session.ts";

const route = getRouteApi("/signin");

/** A reverse proxy has asked who is there, so the console does not. */
const byProxy = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content === "proxy";

export function SignInPage() {
  useDocumentTitle("Sign in · Quillon");
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={420} maw="100%">
        {byProxy ? <ProxySignIn /> : <TokenSignIn />}
      </Paper>
    </Center>
  );
}

/** @param send asks the server for a session. */
function useSignIn(send: () => Promise<unknown>) {
  const { next } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: async () => {
      await send();
      return readSession();
    },
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      tellOtherTabs(session.login);
      router.history.replace(ownPath(next));
    },
  });
}

/** Otherwise the pages would send people back here, and who is signed in by a proxy would be signed in again for ever. */
async function readSession(): Promise<Session> {
  try {
    return await api.call("GET /api/quillon/session", {});
  } catch (error) {
    throw isSignedOut(error) ? new Error(NOT_KEPT) : error;
  }
}

const NOT_KEPT =
  "You were signed in, but the server does not know you any more. Where --public-url begins with https, open this page over https, because the browser sends its cookie only there. A proxy that signs people in must name them with every request.";

/** The token is sent once and kept nowhere in the browser: a cookie that no script can read takes its place. */
function TokenSignIn() {
  const { ended } = route.useSearch();
  const [token, setToken] = useState("");
  const signIn = useSignIn(async () => {
    // A browser sends no other characters in a header.
    if (!/^[!-~]+$/.test(token.trim()))
      throw new Error("This access token is not valid: it has characters that none has.");
    await connect("", token.trim()).call("POST /api/quillon/session", {});
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1}>Sign in to Quillon</Title>
        {ended !== undefined && (
          <Text>Your session has ended. Sign in, and you are back on the page that you were on.</Text>
        )}
        <PasswordInput
          label="Access token"
          description="The same as for pulumi login"
          placeholder="qln_…"
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
          autoComplete="off"
          autoFocus
          required
        />
        {signIn.error && (
          <Alert color="red" role="alert">
            {isSignedOut(signIn.error) ? "This access token is not valid, or has expired." : messageOf(signIn.error)}
          </Alert>
        )}
        <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ""}>
          Sign in
        </Button>
        <Text size="sm" c="dimmed">
          The server prints the first one when it starts. Later an admin makes them with{" "}
          <Code>quillon user add LOGIN</Code>.
        </Text>
      </Stack>
    </form>
  );
}

/** Asks at once, but not after somebody has signed out. Whom the proxy does not know, or knows as somebody else, may have a token. */
function ProxySignIn() {
  const { out } = route.useSearch();
  const [byToken, setByToken] = useState(false);
  const { mutate, error, isPending } = useSignIn(() => api.call("POST /api/quillon/session/proxy", {}));
  useEffect(() => {
    if (out === undefined) mutate();
  }, [out, mutate]);
  if (byToken) return <TokenSignIn />;
  return (
    <Stack>
      <Title order={1}>{out === undefined ? "Signing in to Quillon" : "You are signed out"}</Title>
      {error && (
        <Alert color="red" role="alert">
          {isSignedOut(error)
            ? "The proxy before this server did not say who you are. Sign in there, and open this page again."
            : messageOf(error)}
        </Alert>
      )}
      <Button loading={isPending} onClick={() => mutate()}>
        Sign in
      </Button>
      {(error || out !== undefined) && (
        <Button variant="default" onClick={() => setByToken(true)}>
          Sign in with an access token
        </Button>
      )}
    </Stack>
  );
}

/** A path of this console, and not this page. A link could name a page of somebody else, who would look like this one. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\]|signin\b)/.test(next) ? next : "/";
}
