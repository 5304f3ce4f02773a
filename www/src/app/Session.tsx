import { Center, Loader, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { MeProvider, meKey, useSession } from '@/entities/me';
import { SignInPage } from '@/pages/sign-in';
import { queryClient, whenSignedOut } from '@/shared/api';
import { ProblemAlert } from '@/shared/ui';
import { Routes } from './Routes';
import { Shell } from './shell/Shell';

/** Nobody signed in: the sign-in page, whatever the address; then the page of the address. */
export function Session() {
  const session = useSession();
  const [isExpired, setExpired] = useState(false);

  useEffect(() => {
    whenSignedOut(() => {
      setExpired((before) => before || Boolean(queryClient.getQueryData(meKey)));
      queryClient.setQueryData(meKey, null);
    });
  }, []);
  const isSignedIn = Boolean(session.data);
  useEffect(() => {
    if (isSignedIn) setExpired(false);
  }, [isSignedIn]);

  if (session.isPending) {
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (session.data === undefined) {
    return (
      <Center h="100dvh" p="md">
        <Stack maw="32rem">
          <ProblemAlert error={session.error} onRetry={() => void session.refetch()} />
        </Stack>
      </Center>
    );
  }
  if (session.data === null) return <SignInPage isExpired={isExpired} />;
  return (
    <MeProvider me={session.data}>
      <Shell>
        <Routes />
      </Shell>
    </MeProvider>
  );
}
