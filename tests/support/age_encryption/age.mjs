// The npm package age-encryption with a command line of its own, for tests.
//
//     node age.mjs keygen
//     node age.mjs encrypt --from FILE --to FILE [--armor] (--recipient AGE1… | --passphrase WORDS)…
//     node age.mjs decrypt --from FILE --to FILE (--identity AGE-SECRET-KEY-1… | --passphrase WORDS)…
import { webcrypto } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

globalThis.crypto ??= webcrypto; // which Node.js 18 does not set by itself
const age = await import("age-encryption");

const many = { type: "string", multiple: true, default: [] };
const { positionals: [command], values: options } = parseArgs({
    allowPositionals: true,
    options: {
        from: { type: "string" }, to: { type: "string" }, armor: { type: "boolean" },
        recipient: many, identity: many, passphrase: { type: "string" },
    },
});

async function keygen() {
    const identity = await age.generateX25519Identity();
    console.log(`# public key: ${await age.identityToRecipient(identity)}\n${identity}`);
}

async function encrypt() {
    const encrypter = new age.Encrypter();
    options.recipient.forEach((each) => encrypter.addRecipient(each));
    if (options.passphrase !== undefined) {
        encrypter.setPassphrase(options.passphrase);
        encrypter.setScryptWorkFactor(14); // its own 18 takes it ten seconds
    }
    const sealed = await encrypter.encrypt(await readFile(options.from));
    await writeFile(options.to, options.armor ? age.armor.encode(sealed) : sealed);
}

async function decrypt() {
    const decrypter = new age.Decrypter();
    options.identity.forEach((each) => decrypter.addIdentity(each));
    if (options.passphrase !== undefined) decrypter.addPassphrase(options.passphrase);
    await writeFile(options.to, await decrypter.decrypt(await readFile(options.from)));
}

await { keygen, encrypt, decrypt }[command]();
