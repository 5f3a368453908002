import type { Translation } from '../en/index.js'
import type { auditLog as en } from '../en/audit-log.js'

export const auditLog: Translation<typeof en> = {
  title: 'Loggen',
  states: {
    signed: { title: 'Signerad fram till nu: {{size}}', text: 'Så många händelser finns i loggen. Ingen kan ändra, ta bort eller lägga in någon av dem utan att granskaren pekar ut den.' },
    heldBack: { title: 'Signerad till största delen: {{size}}', text: 'Något som har börjat är inte färdigt än, så de nyaste händelserna väntar på det. Öppna sidan igen om en stund.' },
    notSigned: { title: 'Loggen signeras inte längre', text: 'Databasen fortsätter inte det som signerats tidigare. Berätta genast för administratören och spara de kontrollpunkter du har.' },
  },
  checkpoint: 'Senaste kontrollpunkten',
  checkpointText: 'Spara den utanför det här systemet, varje dag om du kan: en logg som klipps av i slutet märks bara mot en kontrollpunkt som någon har sparat.',
  keys: 'Granskningsnyckel',
  keysText: 'Skriv upp den en gång, där ingen här kan ändra den. Den som granskar behöver den.',
  take: 'Ta med och granska',
  takeText: 'Öppna granskaren i en webbläsare, utan nätverk, och släpp de andra filerna på den.',
  files: {
    verifier: 'granskar allt, utan nätverk',
    leaves: 'loggens alla händelser; att ta dem är själv en händelse',
    hashes: 'pekar ut just den händelse som är fel',
    checkpoints: 'alla kontrollpunkter som har signerats',
  },
}
