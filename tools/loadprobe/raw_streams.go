package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// What the server may send on a connection and on a stream before it is told that there is room again.
const rawWindow = 1 << 30

// rawConnection carries streams of one gRPC method without a gRPC library, so that a small request and its answer cost
// this side about as little as frames can. It reads and writes on one goroutine, and answers at once only what came
// together: what a read of the socket brought is worked off before anything is written.
type rawConnection struct {
	socket  net.Conn
	reader  *bufio.Reader
	writer  *bufio.Writer
	framer  *http2.Framer
	method  string
	streams map[uint32]*rawStream
	// Bytes that may be sent before the server makes room.
	room        int
	initialRoom int
	nextID      uint32
}

type rawStream struct {
	id   uint32
	room int
	// Answers whose beginning has come.
	partial bytes.Buffer
}

func dialRawConnection(endpoint, method string) (*rawConnection, error) {
	socket, err := net.Dial("tcp", endpoint)
	if err != nil {
		return nil, err
	}
	c := &rawConnection{
		socket: socket, reader: bufio.NewReaderSize(socket, 64<<10), writer: bufio.NewWriterSize(socket, 64<<10),
		method: method, streams: map[uint32]*rawStream{}, room: 65535, initialRoom: 65535, nextID: 1,
	}
	c.framer = http2.NewFramer(c.writer, c.reader)
	c.framer.SetReuseFrames()
	c.writer.WriteString(http2.ClientPreface)
	c.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: rawWindow})
	c.framer.WriteWindowUpdate(0, rawWindow)
	return c, c.writer.Flush()
}

// open begins a stream with its first message.
func (c *rawConnection) open(message []byte) (*rawStream, error) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, field := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", c.method}, {":authority", c.socket.RemoteAddr().String()},
		{"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
	}
	stream := &rawStream{id: c.nextID, room: c.initialRoom}
	c.nextID += 2
	c.streams[stream.id] = stream
	headers := http2.HeadersFrameParam{StreamID: stream.id, BlockFragment: block.Bytes(), EndHeaders: true}
	if err := c.framer.WriteHeaders(headers); err != nil {
		return nil, err
	}
	return stream, c.send(stream, message)
}

// send writes a message into the buffer; flush sends it.
func (c *rawConnection) send(stream *rawStream, message []byte) error {
	framed := make([]byte, 5, 64)
	binary.BigEndian.PutUint32(framed[1:], uint32(len(message)))
	framed = append(framed, message...)
	stream.room -= len(framed)
	c.room -= len(framed)
	if stream.room < 0 || c.room < 0 {
		return fmt.Errorf("the server has no room for %d bytes", len(framed))
	}
	return c.framer.WriteData(stream.id, false, framed)
}

// serve hands every message to take until that says false, and flushes what was sent when nothing more has been read.
func (c *rawConnection) serve(take func(stream *rawStream, message []byte) (bool, error)) error {
	taken := 0
	for {
		if c.reader.Buffered() == 0 {
			if err := c.writer.Flush(); err != nil {
				return err
			}
		}
		frame, err := c.framer.ReadFrame()
		if err != nil {
			return err
		}
		switch frame := frame.(type) {
		case *http2.DataFrame:
			taken += int(frame.Length)
			goesOn, err := c.takeData(frame, take)
			if err != nil || !goesOn {
				return err
			}
			if taken > rawWindow/2 {
				return fmt.Errorf("the answers of one run exceed %d bytes", rawWindow/2)
			}
		case *http2.WindowUpdateFrame:
			if stream := c.streams[frame.StreamID]; stream != nil {
				stream.room += int(frame.Increment)
			} else if frame.StreamID == 0 {
				c.room += int(frame.Increment)
			}
		case *http2.SettingsFrame:
			if err := c.takeSettings(frame); err != nil {
				return err
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				c.framer.WritePing(true, frame.Data)
			}
		case *http2.HeadersFrame:
			if frame.StreamEnded() {
				return fmt.Errorf("the server has ended stream %d", frame.StreamID)
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return fmt.Errorf("the server sent %v", frame)
		}
	}
}

func (c *rawConnection) takeData(
	frame *http2.DataFrame, take func(stream *rawStream, message []byte) (bool, error),
) (bool, error) {
	stream := c.streams[frame.StreamID]
	stream.partial.Write(frame.Data())
	for {
		waiting := stream.partial.Bytes()
		if len(waiting) < 5 {
			return true, nil
		}
		length := int(binary.BigEndian.Uint32(waiting[1:]))
		if len(waiting) < 5+length {
			return true, nil
		}
		goesOn, err := take(stream, stream.partial.Next(5 + length)[5:])
		if err != nil || !goesOn {
			return goesOn, err
		}
	}
}

func (c *rawConnection) takeSettings(frame *http2.SettingsFrame) error {
	if frame.IsAck() {
		return nil
	}
	if size, ok := frame.Value(http2.SettingInitialWindowSize); ok {
		for _, stream := range c.streams {
			stream.room += int(size) - c.initialRoom
		}
		c.initialRoom = int(size)
	}
	return c.framer.WriteSettingsAck()
}

func (c *rawConnection) close() {
	c.socket.Close()
}
