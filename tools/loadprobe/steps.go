package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// steps lets the program that measures a server look at it between the parts of a run: each step prints what it came to
// and waits for a line on the input.
type steps struct {
	input *bufio.Reader
}

func newSteps(wanted bool) *steps {
	if !wanted {
		return &steps{}
	}
	return &steps{bufio.NewReader(os.Stdin)}
}

func (s *steps) done(result any) error {
	if s.input == nil {
		return nil
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		return err
	}
	if _, err := s.input.ReadString('\n'); err != nil && err != io.EOF {
		return fmt.Errorf("waiting for a line on the input: %w", err)
	}
	return nil
}
