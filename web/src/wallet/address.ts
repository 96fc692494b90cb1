/** In a chunk of its own: the checksum's hash is large. */
export { getAddress } from "ethers";
