import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconEye, IconEyeExclamation, IconPrinter } from '@tabler/icons-react';
import { Link, useParams } from 'react-router-dom';
import { useKey, useKeySheet } from '@/entities/key';
import { useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { NotYours, Page, ProblemAlert } from '@/shared/ui';
import classes from './KeySheetPage.module.css';

const words = texts.keys.sheet;

/** The recovery sheet: asked for only by a click, for looking at it is noted; printed without what stands around. */
export function KeySheetPage() {
  const { id = '' } = useParams();
  const key = useKey(id);
  const sheet = useKeySheet();
  const may = useMay('administrator');
  const title = key.data ? words.of(key.data.name) : words.title;
  return (
    <>
      <Anchor component={Link} to="/keys" size="sm" className="hf-no-print">
        <IconArrowLeft size={14} aria-hidden /> {words.back}
      </Anchor>
      <Page
        title={title}
        actions={
          sheet.data && (
            <Button
              className="hf-no-print"
              leftSection={<IconPrinter size={16} aria-hidden />}
              onClick={() => {
                window.print();
              }}
            >
              {words.print}
            </Button>
          )
        }
      >
        <ProblemAlert error={key.data ? sheet.error : key.error} />
        {!may && <NotYours words={words.viewer} />}
        {may && key.data && !key.data.has_secret && <Alert>{words.recipient}</Alert>}
        {sheet.data ? (
          <>
            <Text className="hf-no-print">{words.after}</Text>
            <Sheet text={sheet.data} />
          </>
        ) : (
          may &&
          key.data?.has_secret && (
            <Alert color="yellow" icon={<IconEyeExclamation aria-hidden />} title={words.alone}>
              <Stack>
                <Text>{words.before}</Text>
                <Group>
                  <Button
                    leftSection={<IconEye size={16} aria-hidden />}
                    loading={sheet.isPending}
                    onClick={() => {
                      sheet.mutate(id);
                    }}
                  >
                    {words.show}
                  </Button>
                </Group>
              </Stack>
            </Alert>
          )
        )}
      </Page>
    </>
  );
}

/** The service's own text; the line with the secret stands out, for whoever must type it again. */
function Sheet({ text }: { text: string }) {
  return (
    <pre className={classes.sheet}>
      {text.split('\n').map((line, at) => {
        const [, name, secret] = /^(Secret key|Passphrase) +(.+)$/.exec(line) ?? [];
        if (!secret) return `${line}\n`;
        return (
          <span key={at} className={classes.secret}>
            <span className={classes.secretName}>{`${name ?? ''}\n`}</span>
            {secret}
          </span>
        );
      })}
    </pre>
  );
}
