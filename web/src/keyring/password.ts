/**
 * The shortest password that a keystore is made with. A keystore that somebody copies can be guessed at without end, and scrypt
 * only makes each guess dear (NIST SP 800-63B asks for more where nothing limits guesses).
 */
export const SHORTEST_PASSWORD = 10;
