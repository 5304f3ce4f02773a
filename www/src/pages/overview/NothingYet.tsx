import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { useMay } from '@/entities/me';
import type { Server } from '@/entities/server';
import { texts } from '@/shared/texts';
import { EmptyState, Surface } from '@/shared/ui';

const words = texts.overview.empty;

/** No database is registered: what to do next, for whoever looks. */
export function NothingYet({ server }: { server: Server | undefined }) {
  const mayRegister = useMay('operator');
  const mayBegin = useMay('administrator');
  const isReady = server !== undefined;
  const to = mayBegin ? '/welcome' : isReady && mayRegister ? `/servers/${server.id}` : undefined;
  return (
    <Surface>
      <EmptyState
        icon={IconShieldCheck}
        title={words.title}
        action={
          to && (
            <Button component={Link} to={to}>
              {isReady ? words.goOn : words.begin}
            </Button>
          )
        }
      >
        {isReady && mayRegister ? words.pick : mayBegin ? words.body : words.viewer}
      </EmptyState>
    </Surface>
  );
}
