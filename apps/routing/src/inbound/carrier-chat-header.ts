/** The header of a notice in INBOUND that names the carrier's chat: notices of one chat are handled in order. */
export const carrierChatHeader = 'Claw-Carrier-Chat';
