/** The auditor's page of the log. */
export const auditLog = {
  title: 'Audit log',
  states: {
    signed: { title: 'Events signed: {{size}}', text: 'Every event up to now is signed. If one is changed, removed or inserted, the verifier names it.' },
    heldBack: { title: 'Events signed so far: {{size}}', text: 'The newest events wait for a change that is still being saved. Open this page again in a moment.' },
    notSigned: { title: 'The audit log is no longer signed', text: 'The database does not continue what was signed before. Tell an administrator now, and keep the checkpoints that you have.' },
  },
  checkpoint: 'Latest checkpoint',
  checkpointText: 'Store it outside this system, every day if you can. If the end of the log is cut off, only a stored checkpoint shows it.',
  keys: 'Verifier key',
  keysText: 'Write it down once, in a place that users of this system cannot change. You need it to verify the log.',
  download: 'Download and verify',
  downloadText: 'Open the verifier in a browser, without a network connection, and drop the other files on it.',
  files: {
    verifier: 'checks everything, offline',
    leaves: 'every event of the log; the download is recorded as an event',
    hashes: 'the hash of each event, so that the verifier can name the one that is wrong',
    checkpoints: 'every signed checkpoint',
  },
}
