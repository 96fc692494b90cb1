/**
 * A key and its own certificate for *.example.com and *.example.net, for servers on loopback. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -addext subjectAltName=…`.
 */
export const CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5HYMZKikV8Junuzn
4D3PT9D4cc+eaztCY/7daNJfpvWhRANCAAQroIUeoE3PtSLQpi3txoJJ3iT40HF1
voP6lm2w4FFLMtBsJClTbgusY+xc0zftlrmPZd8LNL/e3zb87soUf6+r
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIUPq+jtxmiSBm9A2BxP9dLUNNEN/EwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNU3luZ3JhcGggdGVzdDAgFw0yNjExMjExNzUwMjBaGA8yMTI2
MTAyODE3NTAyMFowGDEWMBQGA1UEAwwNU3luZ3JhcGggdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABCughR6gTc+1ItCmLe3GgkneJPjQcXW+g/qWbbDgUUsy
0GwkKVNuC6xj7FzTN+2WuY9l3ws0v97fNvzuyhR/r6ujfDB6MB0GA1UdDgQWBBSK
98jJg2PuDq4+xon7eZnxNFug2zAfBgNVHSMEGDAWgBSK98jJg2PuDq4+xon7eZnx
NFug2zAPBgNVHRMBAf8EBTADAQH/MCcGA1UdEQQgMB6CDSouZXhhbXBsZS5jb22C
DSouZXhhbXBsZS5uZXQwCgYIKoZIzj0EAwIDSQAwRgIhAKQ2PRY0RcIVsp9HWFKG
NnPDTeOvppXTN0mbFwMctjsNAiEAk1ee7atKediuCRj3BwuEiI48FlzrFjeBeT2f
y3pyrYE=
-----END CERTIFICATE-----`,
};
