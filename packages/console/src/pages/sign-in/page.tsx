import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { connect } from "@quillon/contract/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { isSignedOut, messageOf } from "../../api.ts";
import { sessionQuery } from "../../session.ts";

const route = getRouteApi("/signin");

/** Signs in with an access token. It is sent once and kept nowhere in the browser: a cookie that no script can read takes its place. */
export function SignInPage() {
  useDocumentTitle("Sign in · Quillon");
  const { next } = route.useSearch();
  const [token, setToken] = useState("");
  const queries = useQueryClient();
  const router = useRouter();
  const signIn = useMutation({
    mutationFn: () => connect("", token.trim()).call("POST /api/quillon/session", {}),
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(ownPath(next));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={420} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1}>Sign in to Quillon</Title>
            <PasswordInput
              label="Access token"
              description="The one that you log in with: pulumi login, or quillon user token"
              placeholder="qln_…"
              value={token}
              onChange={({ currentTarget }) => setToken(currentTarget.value)}
              autoComplete="off"
              data-autofocus
              autoFocus
              required
            />
            {signIn.error && (
              <Alert color="red" role="alert">
                {isSignedOut(signIn.error)
                  ? "This access token is not valid, or has expired."
                  : messageOf(signIn.error)}
              </Alert>
            )}
            <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ""}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              An admin of the server can make one with <Code>quillon user token LOGIN</Code>.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

/** A path of this console. A link could name a page of somebody else, who would look like this one. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}
