// A verifier of an Accord journal, of its releases and of its parties' payments that shares no code with Accord: it reads the C2SP formats with Go's own
// golang.org/x/mod/sumdb packages (note: signed notes with Ed25519; tlog: RFC 6962 trees and tiles).
//
//	outside TRUST.json LOG_FOLDER [PROOF.json …]
//
// In: an instance's trust file, the public folder of its log (checkpoint, tile/…), the proofs that released files carry
// (assertion org.accord.proof), and payment proofs (accord.payment-proof/1). It proves that the checkpoint is signed by the trust
// file's key, that the hash tiles give the checkpoint's root, that every leaf of the entry bundles stands under it, that each
// release fact and each payment's fact does, by its own path under the checkpoint inside the file, and that a statement is one of
// those that a fact of the journal commits to. Prints one line for each; exit 1 at the first thing that does not hold.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// C2SP tlog-tiles fixes the height at 8 and writes tile/L/N where x/mod writes tile/8/L/N.
const height = 8

type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), place(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func place(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

type proof struct {
	Position   int64    `json:"position"` // positions count from one, leaves from zero
	Canonical  string   `json:"canonical"`
	Salt       string   `json:"salt"`
	Path       []string `json:"path"`
	Checkpoint string   `json:"checkpoint"`
}

func need(err error, what string) {
	if err != nil {
		fmt.Printf("not proven: %s: %v\n", what, err)
		os.Exit(1)
	}
}

// signed opens a checkpoint with the trust file's key: a C2SP tlog-checkpoint is origin, size and root, a line each.
func signed(text []byte, key note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(key))
	need(err, "the checkpoint's signature")
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != key.Name() {
		need(fmt.Errorf("it is of %q", lines[0]), "the checkpoint's origin")
	}
	var tree tlog.Tree
	_, err = fmt.Sscanf(lines[1], "%d", &tree.N)
	need(err, "the checkpoint's size")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	need(err, "the checkpoint's root")
	copy(tree.Hash[:], root)
	return tree
}

// log proves the tiles under the checkpoint, and every leaf of the entry bundles under the tiles.
func log(root string, tree tlog.Tree) {
	hashes := tlog.TileHashReader(tree, folder(root)) // it proves each tile it reads to the root
	found, err := tlog.TreeHash(tree.N, hashes)
	need(err, "the tiles")
	if found != tree.Hash {
		need(fmt.Errorf("%v", found), "the root of the tiles")
	}
	for first := int64(0); first < tree.N; first += 1 << height {
		count := min(tree.N-first, 1<<height)
		bundle := tlog.Tile{H: height, L: -1, N: first >> height, W: int(count)}
		data, err := os.ReadFile(filepath.Join(root, place(bundle)))
		need(err, "an entry bundle")
		for at := first; at < first+count; at++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				need(fmt.Errorf("it ends inside entry %d", at), "an entry bundle")
			}
			size := int(binary.BigEndian.Uint16(data))
			path, err := tlog.ProveRecord(tree.N, at, hashes)
			need(err, "a leaf's path")
			need(tlog.CheckRecord(path, tree.N, tree.Hash, at, tlog.RecordHash(data[2:2+size])), fmt.Sprintf("leaf %d", at))
			data = data[2+size:]
		}
	}
	fmt.Printf("proven: %d leaves stand under the checkpoint of %d\n", tree.N, tree.N)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

// stands proves that a fact stands under the checkpoint that its proof carries.
func stands(name string, one proof, key note.Verifier) tlog.Tree {
	tree := signed([]byte(one.Checkpoint), key)
	leaf := commitment(one.Salt, one.Canonical)
	need(tlog.CheckRecord(steps(one.Path), tree.N, tree.Hash, one.Position-1, leaf), name)
	return tree
}

func commitment(salt, text string) tlog.Hash {
	opened, err := hex.DecodeString(salt)
	need(err, "the salt")
	if len(opened) != 32 { // else bytes of the salt could be told as the beginning of the text
		need(fmt.Errorf("%d bytes", len(opened)), "the salt")
	}
	leaf := sha256.Sum256(append(opened, text...))
	return tlog.RecordHash(leaf[:])
}

func steps(told []string) tlog.RecordProof {
	var path tlog.RecordProof
	for _, step := range told {
		path = append(path, digest(step))
	}
	return path
}

func digest(told string) tlog.Hash {
	hash, err := hex.DecodeString(told)
	need(err, "a hash")
	if len(hash) != tlog.HashSize {
		need(fmt.Errorf("%d bytes", len(hash)), "a hash")
	}
	return *(*tlog.Hash)(hash)
}

// released proves that the release fact a file carries stands under the checkpoint it carries.
func released(name string, text []byte, key note.Verifier) {
	var one proof
	need(json.Unmarshal(text, &one), name)
	tree := stands(name, one, key)
	fmt.Printf("proven: %s: fact %d stands under a checkpoint of %d\n", filepath.Base(name), one.Position, tree.N)
}

type payments struct {
	Format    string   `json:"format"`
	Statement string   `json:"statement"`
	Salt      string   `json:"salt"`
	Index     int64    `json:"index"`
	Path      []string `json:"path"`
	Committed proof    `json:"committed"`
	Payments  []proof  `json:"payments"`
}

// to holds a payment's fact to be one, to a party in a currency.
func to(name string, payment proof, party, currency string) {
	var fact struct {
		Kind string `json:"kind"`
		Body struct{ Party, Currency string }
	}
	need(json.Unmarshal([]byte(payment.Canonical), &fact), name)
	made := fact.Kind == "payouts.payment-made" || fact.Kind == "payouts.advance-paid"
	if !made || fact.Body.Party != party || fact.Body.Currency != currency {
		need(fmt.Errorf("a %s to %q in %q", fact.Kind, fact.Body.Party, fact.Body.Currency), name)
	}
}

// paid proves that a statement is one of those that its period committed to, and each payment beside it.
func paid(name string, one payments, key note.Verifier) {
	stands(name, one.Committed, key)
	var fact struct {
		Kind string `json:"kind"`
		Body struct {
			Period     string `json:"period"`
			Statements int64  `json:"statements"`
			Root       string `json:"root"`
		} `json:"body"`
	}
	need(json.Unmarshal([]byte(one.Committed.Canonical), &fact), name)
	if fact.Kind != "payouts.statements-committed" {
		need(fmt.Errorf("a fact of the kind %q", fact.Kind), name)
	}
	of, root := fact.Body.Statements, digest(fact.Body.Root)
	need(tlog.CheckRecord(steps(one.Path), of, root, one.Index, commitment(one.Salt, one.Statement)), name)
	var told struct{ Party, Currency, Period string }
	need(json.Unmarshal([]byte(one.Statement), &told), name)
	if told.Period != fact.Body.Period {
		need(fmt.Errorf("a commitment to the statements of %q", fact.Body.Period), name)
	}
	last := int64(0)
	for _, payment := range one.Payments {
		if payment.Position <= last || payment.Checkpoint != one.Committed.Checkpoint {
			need(fmt.Errorf("a payment told twice, or under another checkpoint"), name)
		}
		last = payment.Position
		stands(name, payment, key)
		to(name, payment, told.Party, told.Currency)
	}
	fmt.Printf("proven: %s: one of %d statements, and %d payments\n", filepath.Base(name), of, len(one.Payments))
}

func main() {
	if len(os.Args) < 3 {
		fmt.Println("outside TRUST.json LOG_FOLDER [PROOF.json …]")
		os.Exit(2)
	}
	var trust struct {
		Journal string `json:"journal"`
	}
	text, err := os.ReadFile(os.Args[1])
	need(err, "the trust file")
	need(json.Unmarshal(text, &trust), "the trust file")
	key, err := note.NewVerifier(trust.Journal)
	need(err, "the trust file's key")
	text, err = os.ReadFile(filepath.Join(os.Args[2], "checkpoint"))
	need(err, "the checkpoint")
	log(os.Args[2], signed(text, key))
	for _, name := range os.Args[3:] {
		text, err := os.ReadFile(name)
		need(err, name)
		var one payments
		if json.Unmarshal(text, &one) == nil && one.Format == "accord.payment-proof/1" {
			paid(name, one, key)
		} else {
			released(name, text, key)
		}
	}
}
