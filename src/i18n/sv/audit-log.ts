import type { Translation } from '../en/index.js'
import type { auditLog as en } from '../en/audit-log.js'

export const auditLog: Translation<typeof en> = {
  title: 'Händelselogg',
  states: {
    signed: { title: 'Signerade händelser: {{size}}', text: 'Alla händelser fram till nu är signerade. Om en händelse ändras, tas bort eller läggs till visar verifieringsverktyget var.' },
    heldBack: { title: 'Hittills signerade händelser: {{size}}', text: 'De nyaste händelserna väntar på en ändring som fortfarande sparas. Öppna sidan igen om en stund.' },
    notSigned: { title: 'Händelseloggen signeras inte längre', text: 'Databasen stämmer inte med det som tidigare har signerats. Meddela genast en administratör och spara de kontrollpunkter som du har.' },
  },
  checkpoint: 'Senaste kontrollpunkten',
  checkpointText: 'Spara den utanför systemet, helst varje dag. Att loggens slut har klippts av syns bara om loggen jämförs med den.',
  keys: 'Verifieringsnyckel',
  keysText: 'Skriv upp den en gång på ett ställe där systemets användare inte kan ändra den. Du behöver den för att verifiera loggen.',
  download: 'Ladda ner och verifiera',
  downloadText: 'Öppna verifieringsverktyget i en webbläsare utan nätverksanslutning och släpp de andra filerna på det.',
  files: {
    verifier: 'kontrollerar allt, utan nätverk',
    leaves: 'alla händelser i loggen; nedladdningen registreras som en händelse',
    hashes: 'hashvärdet för varje händelse, så att verktyget kan visa vilken som är fel',
    checkpoints: 'alla signerade kontrollpunkter',
  },
}
