// Command log-interop checks what the Swift library writes with Go's own note and tlog packages, and writes what
// the Swift library then checks. GoInteropTests runs it; Scripts/interop-go builds it.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `log-interop sign KEYFILE TEXTFILE           a note: the text, signed
log-interop open VKEY NOTEFILE              the text of a note that VKEY signed
log-interop cosign KEYFILE TIME NOTEFILE    the note, cosigned
log-interop witnessed VKEY NOTEFILE         the time at which VKEY, a cosigner's, cosigned the note
log-interop make KEYFILE ORIGIN ENTRIES DIR a tiled log of the entries
log-interop check VKEY DIR                  nothing, if DIR is a tiled log whose checkpoint VKEY signed
log-interop included VKEY PROOF ENTRY       nothing, if PROOF, a tlog-proof file, shows that ENTRY is in VKEY's log
log-interop extended VKEY OLD PROOF         nothing, if PROOF, a witness's request, shows that VKEY's log extends OLD
log-interop include VKEY DIR INDEX          the tlog-proof file of an entry of the tiled log DIR
log-interop extend VKEY DIR SIZE            the witness's request that shows that DIR extends its first SIZE entries
log-interop prove ENTRIES                   every proof of every tree of the first entries
log-interop verify PROOFS                   nothing, if exactly the right ones of these proofs verify`

func main() {
	args := os.Args[1:]
	commands := map[string]struct {
		count int
		run   func([]string) error
	}{
		"sign": {2, sign}, "open": {2, open}, "cosign": {3, cosign}, "witnessed": {2, witnessed},
		"make": {4, makeLog}, "check": {2, checkLog}, "prove": {1, prove}, "verify": {1, verify},
		"included": {3, included}, "extended": {3, extended}, "include": {3, include}, "extend": {3, extend},
	}
	if len(args) == 0 || commands[args[0]].count != len(args)-1 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(64)
	}
	if err := commands[args[0]].run(args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "log-interop:", err)
		os.Exit(1)
	}
}

// Notes

func readSigner(file string) (note.Signer, ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	skey := strings.TrimSuffix(string(text), "\n")
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, nil, err
	}
	// The base64 may hold plus signs, so it is what follows the fourth.
	key, err := base64.StdEncoding.DecodeString(strings.SplitN(skey, "+", 5)[4])
	if err != nil {
		return nil, nil, err
	}
	return signer, ed25519.NewKeyFromSeed(key[1:]), nil
}

func sign(args []string) error {
	signer, _, err := readSigner(args[0])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signed)
	return err
}

func openFile(file string, verifier note.Verifier) (*note.Note, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return note.Open(text, note.VerifierList(verifier))
}

func open(args []string) error {
	verifier, err := note.NewVerifier(args[0])
	if err != nil {
		return err
	}
	n, err := openFile(args[1], verifier)
	if err != nil {
		return err
	}
	fmt.Print(n.Text)
	return nil
}

// Cosignatures, which Go's packages leave to a note.Verifier and a note.Signer of one's own.

type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
	seen uint64 // the time of the last cosignature verified
	sign func(message []byte) []byte
	time uint64 // the time at which to sign
}

const cosignatureType = 4

func newCosigner(name string, key ed25519.PublicKey) *cosigner {
	digest := sha256.Sum256(append([]byte(name+"\n\x04"), key...))
	return &cosigner{name: name, id: binary.BigEndian.Uint32(digest[:]), key: key}
}

func cosigned(text []byte, time uint64) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	c.seen = time
	return ed25519.Verify(c.key, cosigned(text, time), signature[8:])
}

func (c *cosigner) Sign(text []byte) ([]byte, error) {
	stamp := binary.BigEndian.AppendUint64(nil, c.time)
	return append(stamp, c.sign(cosigned(text, c.time))...), nil
}

func cosign(args []string) error {
	signer, key, err := readSigner(args[0])
	if err != nil {
		return err
	}
	c := newCosigner(signer.Name(), key.Public().(ed25519.PublicKey))
	c.sign = func(message []byte) []byte { return ed25519.Sign(key, message) }
	if c.time, err = strconv.ParseUint(args[1], 10, 63); err != nil {
		return err
	}
	text, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	// Without known keys every line is kept as unverified, and signing keeps those.
	_, err = note.Open(text, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return err
	}
	signed, err := note.Sign(unverified.Note, c)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signed)
	return err
}

func witnessed(args []string) error {
	parts := strings.SplitN(args[0], "+", 3)
	if len(parts) != 3 {
		return errors.New("malformed verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return errors.New("malformed verifier key")
	}
	c := newCosigner(parts[0], key[1:])
	if fmt.Sprintf("%08x", c.id) != parts[1] {
		return errors.New("key id does not match")
	}
	if _, err := openFile(args[1], c); err != nil {
		return err
	}
	fmt.Println(c.seen)
	return nil
}

// Trees

// A tree is what tlog stores: all hashes, in its own order.
type tree []tlog.Hash

func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(t)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		hashes[i] = t[index]
	}
	return hashes, nil
}

func newTree(entries [][]byte) (tree, error) {
	var t tree
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, t)
		if err != nil {
			return nil, err
		}
		t = append(t, hashes...)
	}
	return t, nil
}

// Entries, each after two bytes of length.
func parseEntries(data []byte) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("entries are cut off")
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries, nil
}

func readEntries(file string) ([][]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseEntries(data)
}

// Tiled logs

const height = 8

// The path of a tile in C2SP tlog-tiles: Go's without the height.
func path(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

// The bundles of a log of n entries, by their paths: a tile of level 0 is as wide.
func bundles(entries [][]byte) map[string][]byte {
	result := make(map[string][]byte)
	for start := 0; start < len(entries); start += 1 << height {
		width := len(entries) - start
		if width > 1<<height {
			width = 1 << height
		}
		var data []byte
		for _, entry := range entries[start : start+width] {
			data = binary.BigEndian.AppendUint16(data, uint16(len(entry)))
			data = append(data, entry...)
		}
		t := tlog.Tile{H: height, L: 0, N: int64(start >> height), W: width}
		result[strings.Replace(path(t), "tile/0/", "tile/entries/", 1)] = data
	}
	return result
}

// The files of a log but for its checkpoint, and its root.
func files(entries [][]byte) (map[string][]byte, tlog.Hash, error) {
	t, err := newTree(entries)
	if err != nil {
		return nil, tlog.Hash{}, err
	}
	size := int64(len(entries))
	result := bundles(entries)
	for _, tile := range tlog.NewTiles(height, 0, size) {
		// Go lists every width on the way to this size; a log that published once has the last.
		if last := int(size >> (height * tile.L) % (1 << height)); tile.W != 1<<height && tile.W != last {
			continue
		}
		if result[path(tile)], err = tlog.ReadTileData(tile, t); err != nil {
			return nil, tlog.Hash{}, err
		}
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if size > 0 {
		root, err = tlog.TreeHash(size, t)
	}
	return result, root, err
}

func makeLog(args []string) error {
	signer, _, err := readSigner(args[0])
	if err != nil {
		return err
	}
	entries, err := readEntries(args[2])
	if err != nil {
		return err
	}
	contents, root, err := files(entries)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", args[1], len(entries), root)
	if contents["checkpoint"], err = note.Sign(&note.Note{Text: text}, signer); err != nil {
		return err
	}
	for name, data := range contents {
		file := filepath.Join(args[3], name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A directory as tlog reads tiles from.
type directory string

func (d directory) Height() int { return height }

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var result [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(string(d), path(t)))
		if err != nil {
			return nil, err
		}
		result = append(result, data)
	}
	return result, nil
}

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func checkLog(args []string) error {
	size, root, err := openCheckpoint(args[0], filepath.Join(args[1], "checkpoint"))
	if err != nil {
		return err
	}

	// Go's reader authenticates every tile that it reads against the root.
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory(args[1]))
	var entries [][]byte
	for start := int64(0); start < size; start += 1 << height {
		width := size - start
		if width > 1<<height {
			width = 1 << height
		}
		t := tlog.Tile{H: height, L: 0, N: start >> height, W: int(width)}
		name := strings.Replace(path(t), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(args[1], name))
		if err != nil {
			return err
		}
		bundle, err := parseEntries(data)
		if err != nil || len(bundle) != int(width) {
			return fmt.Errorf("%s holds %d entries of %d", name, len(bundle), width)
		}
		entries = append(entries, bundle...)
	}
	for i := int64(0); i < size; i += 1 + size/500 {
		proof, err := tlog.ProveRecord(size, i, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, i, tlog.RecordHash(entries[i])); err != nil {
			return err
		}
	}
	contents, computed, err := files(entries)
	if err != nil {
		return err
	}
	if computed != root {
		return errors.New("the entries do not make the root")
	}
	for name, expected := range contents {
		data, err := os.ReadFile(filepath.Join(args[1], name))
		if err != nil {
			return err
		}
		if !bytes.Equal(data, expected) {
			return fmt.Errorf("%s differs", name)
		}
	}
	return nil
}

// Proofs in files

// The size and the root of the checkpoint in file, which vkey signed.
func openCheckpoint(vkey, file string) (int64, tlog.Hash, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	return parseCheckpoint(vkey, data)
}

func parseCheckpoint(vkey string, data []byte) (int64, tlog.Hash, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	n, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 {
		return 0, tlog.Hash{}, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}

// The lines before the first blank one, and what follows it: a checkpoint.
func readProofFile(file string) (lines []string, checkpoint []byte, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	head, rest, found := strings.Cut(string(data), "\n\n")
	if !found {
		return nil, nil, errors.New("no blank line")
	}
	return strings.Split(head, "\n"), []byte(rest), nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// The number that follows keyword and a space.
func parseNumber(line, keyword string) (int64, error) {
	text := strings.TrimPrefix(line, keyword+" ")
	if text == line {
		return 0, fmt.Errorf("no %s line", keyword)
	}
	return strconv.ParseInt(text, 10, 64)
}

func included(args []string) error {
	lines, checkpoint, err := readProofFile(args[1])
	if err != nil {
		return err
	}
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof file")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := parseNumber(lines[0], "index")
	if err != nil {
		return err
	}
	proof, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	size, root, err := parseCheckpoint(args[0], checkpoint)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry))
}

func extended(args []string) error {
	oldSize, oldRoot, err := openCheckpoint(args[0], args[1])
	if err != nil {
		return err
	}
	lines, checkpoint, err := readProofFile(args[2])
	if err != nil {
		return err
	}
	from, err := parseNumber(lines[0], "old")
	if err != nil {
		return err
	}
	if from != oldSize {
		return fmt.Errorf("the proof starts at %d, the old checkpoint is of %d", from, oldSize)
	}
	proof, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	size, root, err := parseCheckpoint(args[0], checkpoint)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, size, root, oldSize, oldRoot)
}

// Prints lines, the hashes, and the checkpoint of the log in dir.
func printProof(dir string, lines []string, proof []tlog.Hash) error {
	checkpoint, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	for _, hash := range proof {
		lines = append(lines, hash.String())
	}
	fmt.Printf("%s\n\n%s", strings.Join(lines, "\n"), checkpoint)
	return nil
}

func include(args []string) error {
	size, root, err := openCheckpoint(args[0], filepath.Join(args[1], "checkpoint"))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(size, index, tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory(args[1])))
	if err != nil {
		return err
	}
	return printProof(args[1], []string{"c2sp.org/tlog-proof@v1", fmt.Sprintf("index %d", index)}, proof)
}

func extend(args []string) error {
	size, root, err := openCheckpoint(args[0], filepath.Join(args[1], "checkpoint"))
	if err != nil {
		return err
	}
	old, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(size, old, tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory(args[1])))
	if err != nil {
		return err
	}
	return printProof(args[1], []string{fmt.Sprintf("old %d", old)}, proof)
}

// Proofs, in the form of Tests/Vectors/rfc6962-proofs.json

type inclusionProof struct {
	LeafIdx  int64       `json:"leafIdx"`
	TreeSize int64       `json:"treeSize"`
	Root     tlog.Hash   `json:"root"`
	LeafHash tlog.Hash   `json:"leafHash"`
	Proof    []tlog.Hash `json:"proof"`
	WantErr  bool        `json:"wantErr"`
}

type consistencyProof struct {
	Size1   int64       `json:"size1"`
	Size2   int64       `json:"size2"`
	Root1   tlog.Hash   `json:"root1"`
	Root2   tlog.Hash   `json:"root2"`
	Proof   []tlog.Hash `json:"proof"`
	WantErr bool        `json:"wantErr"`
}

type proofs struct {
	Inclusion   []inclusionProof   `json:"inclusion"`
	Consistency []consistencyProof `json:"consistency"`
}

func prove(args []string) error {
	entries, err := readEntries(args[0])
	if err != nil {
		return err
	}
	t, err := newTree(entries)
	if err != nil {
		return err
	}
	var result proofs
	roots := make([]tlog.Hash, len(entries)+1)
	for size := int64(1); size <= int64(len(entries)); size++ {
		if roots[size], err = tlog.TreeHash(size, t); err != nil {
			return err
		}
		for index := int64(0); index < size; index++ {
			proof, err := tlog.ProveRecord(size, index, t)
			if err != nil {
				return err
			}
			leaf := tlog.RecordHash(entries[index])
			result.Inclusion = append(result.Inclusion, inclusionProof{index, size, roots[size], leaf, proof, false})
		}
		for old := int64(1); old <= size; old++ {
			proof, err := tlog.ProveTree(size, old, t)
			if err != nil {
				return err
			}
			result.Consistency = append(result.Consistency,
				consistencyProof{old, size, roots[old], roots[size], proof, false})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func verify(args []string) error {
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var p proofs
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if len(p.Inclusion) == 0 || len(p.Consistency) == 0 {
		return errors.New("no proofs")
	}
	for _, v := range p.Inclusion {
		err := tlog.CheckRecord(v.Proof, v.TreeSize, v.Root, v.LeafIdx, v.LeafHash)
		if (err != nil) != v.WantErr {
			return fmt.Errorf("inclusion of %d in %d: %v", v.LeafIdx, v.TreeSize, err)
		}
	}
	for _, v := range p.Consistency {
		err := tlog.CheckTree(v.Proof, v.Size2, v.Root2, v.Size1, v.Root1)
		if (err != nil) != v.WantErr {
			return fmt.Errorf("consistency of %d with %d: %v", v.Size1, v.Size2, err)
		}
	}
	return nil
}
