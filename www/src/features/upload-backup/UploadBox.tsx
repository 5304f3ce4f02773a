import { Button, FileButton, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useAllStorages } from '@/entities/storage';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import { Chosen } from './Chosen';
import { useTusUpload } from './useTusUpload';

const words = texts.restore.upload;

interface UploadBoxProps {
  /** A file is chosen, or is not any more. */
  onChosen: (isChosen: boolean) => void;
  /** Goes on with the backup that the file has become. */
  onUse: (backupId: string) => void;
}

/** A backup's file from one's own machine: chosen, sent, paused, resumed, removed. */
export function UploadBox({ onChosen, onUse }: UploadBoxProps) {
  const storages = useAllStorages().data;
  const [storage, setStorage] = useState<string | null>(null);
  const [complaint, setComplaint] = useState<string | null>(null);
  const upload = useTusUpload();
  const storageId = storage ?? storages?.[0]?.id;

  const choose = (file: File | null) => {
    if (!file) return;
    setComplaint(file.size === 0 ? words.empty : null);
    if (file.size === 0) return;
    upload.choose(file);
    onChosen(true);
  };

  return (
    <Surface label={words.title}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed" size="sm">
            {words.hint}
          </Text>
        </div>
        {storages && storages.length > 1 && (!upload.sending || upload.sending.phase === 'waiting') && (
          <Select
            label={words.storage}
            data={storages.map(({ id, name }) => ({ value: id, label: name }))}
            value={storageId ?? null}
            onChange={setStorage}
            allowDeselect={false}
            maw="20rem"
          />
        )}
        {storages?.length === 0 && (
          <Text>
            {words.noStorage} <Link to="/storages">{words.toStorages}</Link>
          </Text>
        )}
        {upload.sending ? (
          <Chosen
            sending={upload.sending}
            canStart={storageId !== undefined}
            onStart={() => {
              if (upload.sending && storageId) void upload.start(upload.sending.file, storageId);
            }}
            onPause={upload.pause}
            onResume={upload.resume}
            onRemove={() => {
              void upload.remove();
              onChosen(false);
            }}
            onUse={onUse}
          />
        ) : (
          <Group>
            <FileButton onChange={choose} inputProps={{ 'aria-label': words.choose }}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} disabled={!storageId}>
                  {words.choose}
                </Button>
              )}
            </FileButton>
            {complaint && (
              <Text c="var(--mantine-color-error)" role="alert" size="sm">
                {complaint}
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Surface>
  );
}
