import { useCallback, useEffect, useRef, useState } from 'react';
import type { DetailedError, Upload } from 'tus-js-client';
import { asProblem, awayProblem, getCsrf, problemOfText } from '@/shared/api';

export type Phase = 'waiting' | 'sending' | 'retrying' | 'paused' | 'checking' | 'failed';

export interface Sending {
  file: File;
  phase: Phase;
  sent: number;
  /** Where it went on, when it had been broken off before. */
  resumedAt: number | null;
  /** Once all of it is there. */
  uploadId: string | null;
  error: unknown;
}

/** So much is lost at most when the connection breaks. */
const PIECE_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000];

const isDetailed = (error: unknown): error is DetailedError => error instanceof Error && 'originalResponse' in error;

function problemOf(error: unknown): unknown {
  if (!isDetailed(error)) return asProblem(error);
  const response = error.originalResponse;
  return response ? problemOfText(response.getBody(), response.getStatus()) : awayProblem();
}

const mayPass = (error: DetailedError) => {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status >= 500 || status === 409 || status === 423;
};

/** One file on its way by tus. Which upload belongs to which file is kept in the browser, so that a reload loses nothing. */
export function useTusUpload() {
  const [sending, setSending] = useState<Sending | null>(null);
  const upload = useRef<Upload | null>(null);
  const change = useCallback((part: Partial<Sending>) => {
    setSending((before) => before && { ...before, ...part });
  }, []);

  useEffect(
    () => () => {
      void upload.current?.abort();
    },
    [],
  );

  const start = useCallback(
    async (file: File, storageId: string) => {
      change({ phase: 'sending', error: null });
      const tus = await import('tus-js-client').catch(() => null); // 24 kB, which the page of Restore does without
      if (!tus) {
        change({ phase: 'failed', error: awayProblem() });
        return;
      }
      const made = new tus.Upload(file, {
        endpoint: '/api/v1/uploads',
        chunkSize: PIECE_BYTES,
        retryDelays: RETRY_MS,
        metadata: { filename: file.name, storage_id: storageId },
        removeFingerprintOnSuccess: true,
        onBeforeRequest: (request) => {
          request.setHeader('X-CSRF-Token', getCsrf() ?? '');
        },
        onProgress: (sent) => {
          change({ sent, phase: 'sending' });
        },
        onShouldRetry: (error) => {
          if (mayPass(error)) change({ phase: 'retrying' });
          return mayPass(error);
        },
        onSuccess: () => {
          change({ phase: 'checking', sent: file.size, uploadId: made.url?.split('/').at(-1) ?? null });
        },
        onError: (error) => {
          change({ phase: 'failed', error: problemOf(error) });
        },
        onAfterResponse: (request, response) => {
          const offset = Number(response.getHeader('Upload-Offset'));
          if (request.getMethod() === 'HEAD' && response.getStatus() < 300 && offset > 0) change({ resumedAt: offset, sent: offset });
        },
      });
      upload.current = made;
      const [before] = await made.findPreviousUploads();
      if (before) made.resumeFromPreviousUpload(before);
      made.start();
    },
    [change],
  );

  return {
    sending,
    start,
    choose: (file: File) => {
      setSending({ file, phase: 'waiting', sent: 0, resumedAt: null, uploadId: null, error: null });
    },
    pause: () => {
      void upload.current?.abort();
      change({ phase: 'paused' });
    },
    resume: () => {
      upload.current?.start();
      change({ phase: 'sending', error: null });
    },
    /** What came of it so far is removed from the server too; a backup that it has become stays. */
    remove: async () => {
      const isWhole = sending?.uploadId !== null;
      if (!isWhole && upload.current?.url) await upload.current.abort(true).catch(() => undefined);
      upload.current = null;
      setSending(null);
    },
  };
}
