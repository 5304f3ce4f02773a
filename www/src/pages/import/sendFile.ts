import { asProblem, awayProblem, getCsrf, problemOfText } from '@/shared/api';

const PIECE_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Sends the file of a table by tus; its upload's id. */
export async function sendFile(file: File, storageId: string, onSent: (bytes: number) => void): Promise<string> {
  const tus = await import('tus-js-client').catch(() => null);
  if (!tus) throw awayProblem();
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: '/api/v1/uploads',
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: file.name, storage_id: storageId, purpose: 'table' },
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => {
        request.setHeader('X-CSRF-Token', getCsrf() ?? '');
      },
      onProgress: onSent,
      onSuccess: () => {
        resolve(upload.url?.split('/').at(-1) ?? '');
      },
      onError: (error) => {
        const response = 'originalResponse' in error ? error.originalResponse : null;
        reject(response ? problemOfText(response.getBody(), response.getStatus()) : asProblem(error));
      },
    });
    upload.start();
  });
}
